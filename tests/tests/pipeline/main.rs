//! The stories. `tests/README.md` says what each proves.

mod end_to_end;
