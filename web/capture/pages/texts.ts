// Texts, numbers, sizes and days as the page's language writes them.

/** Digits of the language, where the browser's default differs from the pages'. No browser knows Kurmanji, which writes numbers as Turkish does. */
const DIGITS: Record<string, string> = { fa: 'fa-u-nu-arabext', ar: 'ar-u-nu-arab', ku: 'tr' }
const RTL = ['fa', 'ar', 'ckb', 'ur', 'he']

export class Texts {
  readonly dir: 'ltr' | 'rtl'

  constructor(
    readonly lang: string,
    private readonly said: Readonly<Record<string, string>>,
  ) {
    this.dir = RTL.includes(lang) ? 'rtl' : 'ltr'
  }

  /** The text `id`; `{n}` becomes the argument `n`. A text that is missing shows its id, so that a test finds it. */
  say(id: string, args: Readonly<Record<string, string | number>> = {}): string {
    const text = this.said[id] ?? id
    return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = args[name]
      return value === undefined ? hole : typeof value === 'number' ? this.number(value) : value
    })
  }

  number(value: number, digits = 0): string {
    return this.format(value, { maximumFractionDigits: digits })
  }

  /** Bytes as megabytes. */
  mb(bytes: number): string {
    const mb = bytes / 1e6
    return this.number(mb, mb < 10 ? 1 : 0)
  }

  percent(done: number): string {
    return this.number(Math.floor(Math.min(1, Math.max(0, done)) * 100))
  }

  /** Seconds as minutes and seconds. */
  time(seconds: number): string {
    const two = this.format(Math.floor(seconds) % 60, { minimumIntegerDigits: 2 })
    return `${this.number(Math.floor(seconds / 60))}:${two}`
  }

  /** `2026-12-31`, or days since 1970, written out. */
  day(day: string | number): string {
    const date = typeof day === 'number' ? new Date(day * 86_400_000) : new Date(`${day}T00:00:00Z`)
    // A browser that doesn't know the language would take its own: another month's name, even other digits.
    const unknown = this.lang === 'ku'
    const locale = `${unknown ? 'tr' : this.lang}-u-ca-gregory${this.lang === 'ar' ? '-nu-arab' : ''}`
    const dateStyle = unknown ? 'short' : 'long'
    return date.toLocaleDateString(locale, { dateStyle, timeZone: 'UTC' } as Intl.DateTimeFormatOptions)
  }

  /** A list in one sentence. */
  list(items: string[]): string {
    return items.join(this.dir === 'rtl' ? '، ' : ', ')
  }

  private format(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(DIGITS[this.lang] ?? this.lang, options).format(value)
  }
}

/** A text in several languages: the page's, else English, else any; with the language it is in. */
export function best(local: Readonly<Record<string, string>>, lang: string): { lang: string; text: string } {
  const found = [lang, 'en', ...Object.keys(local)].find((code) => local[code] !== undefined)
  return found === undefined ? { lang, text: '' } : { lang: found, text: local[found] ?? '' }
}
