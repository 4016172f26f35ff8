//! The macro that defines a closed list, with one line and one spelling per variant.

/// Defines an enum whose variants each have one spelling for files, reports and messages.
///
/// The enum gets `ALL` (in the order written), `as_str`, `Display`, and (de)serialises as its spelling.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$of:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[allow(unreachable_pub, reason = "some lists are of one folder only")]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)+
        }

        #[allow(unreachable_pub, reason = "some lists are of one folder only")]
        impl $name {
            /// Every variant, in the order of the list.
            #[allow(dead_code, reason = "not every list is walked")]
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the spelling used in files and reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
