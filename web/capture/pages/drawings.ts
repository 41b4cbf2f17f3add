// Small drawings beside the answers about picture and voice: flat, nobody's face, never without words.
import { svg } from './dom'

const frame = (...children: Node[]): SVGElement =>
  svg('svg', { viewBox: '0 0 64 64', class: 'tile', 'aria-hidden': 'true' }, svg('rect', { width: 64, height: 64, class: 'ground' }), ...children)

const shoulders = (): SVGElement => svg('path', { d: 'M8 64q4-22 24-22t24 22z', class: 'body' })
const head = (): SVGElement => svg('ellipse', { cx: 32, cy: 27, rx: 11, ry: 14, class: 'skin' })
const line = (x: number, y: number, width: number): SVGElement => svg('rect', { x, y, width, height: 4, rx: 2, class: 'text' })
const bar = (i: number, height: number, kind: string): SVGElement =>
  svg('rect', { x: 9 + i * 7, y: 32 - height / 2, width: 4, height, rx: 2, class: kind })

/** The drawing of an answer, or none. */
export function drawing(name: string): SVGElement | null {
  switch (name) {
    case 'picture-hide':
      return frame(line(12, 20, 40), line(12, 30, 40), line(12, 40, 26))
    case 'picture-mask':
      return frame(shoulders(), head(), svg('rect', { x: 17, y: 10, width: 30, height: 34, rx: 6, class: 'cover' }))
    case 'picture-show':
      return frame(shoulders(), head(), svg('circle', { cx: 28, cy: 25, r: 1.6, class: 'ink' }), svg('circle', { cx: 36, cy: 25, r: 1.6, class: 'ink' }),
        svg('path', { d: 'M28 33q4 3 8 0', class: 'stroke' }))
    case 'voice-mute':
      return frame(line(12, 20, 40), line(12, 30, 40), line(12, 40, 26))
    case 'voice-alter':
      return frame(...[14, 14, 30, 30, 14, 30, 14].map((height, i) => bar(i, height, 'cover')))
    case 'voice-keep':
      return frame(...[8, 22, 34, 16, 40, 26, 12].map((height, i) => bar(i, height, 'skin')))
    default:
      return null
  }
}
