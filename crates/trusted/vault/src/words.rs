//! Closed sets that are kept as words.

/// An enum whose values are kept as words in the database.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident; $($(#[$vdoc:meta])* $variant:ident $word:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The word kept in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub(crate) fn from_word(word: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|value| value.as_str() == word)
            }
        }
    };
}

pub(crate) use words;
