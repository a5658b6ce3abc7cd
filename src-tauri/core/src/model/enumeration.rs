//! How an enumeration is written once: its codes, its type, whether the officer may extend it.

/// An enumeration of domain.md §7, as data.
#[derive(Debug)]
pub struct EnumDef {
    /// Name in the code and in message keys (`enum.<name>.<code>`).
    pub name: &'static str,
    /// Codes in display order; stored and exchanged, never reused.
    pub codes: &'static [&'static str],
    /// Whether the officer may add values (marked + in domain.md §7).
    pub is_open: bool,
}

/// A value of an enumeration.
pub trait Enumeration: Copy + Eq + Sized + 'static {
    /// The enumeration as data.
    const DEF: &'static EnumDef;
    /// The stored code.
    fn code(self) -> &'static str;
    /// The value with this code, if this version knows it.
    fn from_code(code: &str) -> Option<Self>;
}

/// Defines an enumeration: type, codes and data from one list.
macro_rules! enumeration {
    (
        $(#[$meta:meta])*
        $Type:ident $name:literal $openness:ident {
            $( $Variant:ident $code:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $Type {
            $(
                #[doc = concat!("`", $code, "`")]
                $Variant,
            )+
        }

        impl Enumeration for $Type {
            const DEF: &'static EnumDef = &EnumDef {
                name: $name,
                codes: &[$($code),+],
                is_open: enumeration!(@open $openness),
            };

            fn code(self) -> &'static str {
                match self { $( Self::$Variant => $code, )+ }
            }

            fn from_code(code: &str) -> Option<Self> {
                match code { $( $code => Some(Self::$Variant), )+ _ => None }
            }
        }
    };
    (@open open) => { true };
    (@open closed) => { false };
}
pub(super) use enumeration;
