// What the site's pages gain from script; each of them is complete without it.
//
// Stores nothing, asks nobody: no cookie, no storage, no request beyond this folder.
import { wallMotion } from './motion'
import { wallZoom } from './zoom'

wallMotion()
wallZoom()
