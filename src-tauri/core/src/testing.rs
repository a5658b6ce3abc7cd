//! What the tests of this crate begin with.

use std::path::Path;
use std::sync::Arc;

use crate::store::{Carnet, Edit, Edits, Saved, SystemClock, Writer};

/// Who writes on the only device of a test, whose register is in the folder.
pub(crate) fn writer(folder: &Path) -> Writer {
    writer_on(folder, "Portable")
}

/// Who writes on a device of this name, whose register is in the folder.
pub(crate) fn writer_on(folder: &Path, device: &str) -> Writer {
    Writer {
        device_name: device.into(),
        author: "Ada".into(),
        register: folder.join(format!("register-{device}")),
        clock: Arc::new(SystemClock),
    }
}

/// A new carnet without a passphrase.
pub(crate) fn fresh(folder: &Path) -> Carnet {
    Carnet::create(&folder.join("a.carnet"), None, writer_on(folder, "a")).unwrap()
}

/// Makes one edit.
pub(crate) fn save(carnet: &mut Carnet, edit: Edit) -> Saved {
    let edits = Edits {
        edits: vec![edit],
        label: "test".into(),
    };
    carnet.save(edits).unwrap()
}
