// The one newer function that a dependency calls, for browsers that have ES2020 and no more. Loaded before everything else.

const object = Object as { hasOwn?: (value: object, key: PropertyKey) => boolean }
object.hasOwn ??= (value, key) => Object.prototype.hasOwnProperty.call(value, key)

export {}
