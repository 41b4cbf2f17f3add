// The page "Count it yourself".
export {}
