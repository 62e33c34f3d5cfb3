//! The vocabularies in serde's data model: strings, by their stable names.

use alloc::string::String;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::{ErrorStatus, Extra, Kind, Phase, Status};

macro_rules! by_name {
    ($($type:ty),+) => {
        $(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.name())
                }
            }

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    // Not &str: a reader that unescapes or streams cannot lend one.
                    String::deserialize(deserializer)?.parse().map_err(Error::custom)
                }
            }
        )+
    };
}

by_name!(Status, ErrorStatus, Extra, Kind, Phase);
