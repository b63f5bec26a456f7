use super::*;
use crate::{App, Code};

const LIST: &[u8] = br#"{"11111111-2222-3333-4444-555555555555":{"name":"A key of tests"}}"#;

fn app() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let app = App::new(folder.path().join("data"));
    (folder, app)
}

const NO_ROOTS: [&Path; 0] = [];

#[test]
fn common_models_are_known_without_any_file() {
    let (_folder, app) = app();
    let aaguid = parse_aaguid("ee882879-721c-4913-9775-3dfcce97072a").unwrap();
    let model = app.model_of(aaguid, Timestamp::now()).unwrap();
    assert_eq!((model.name.as_str(), model.source), ("YubiKey 5 Series", ModelSource::Common));
    assert!(model.claimed && !model.verified && !model.stale);
    assert_eq!(app.model_of([0; 16], Timestamp::now()), None);
    assert_eq!(app.model_of([7; 16], Timestamp::now()), None);
    assert!(app.metadata_status(Timestamp::now()).unwrap().files.is_empty());
}

#[test]
fn a_list_is_kept_shown_damaged_and_removed() {
    let (folder, app) = app();
    let file = folder.path().join("aaguid.json");
    std::fs::write(&file, LIST).unwrap();
    let import = app.import_metadata(&file, &NO_ROOTS).unwrap();
    assert_eq!((import.file.source, import.file.models, import.replaced), (ModelSource::Community, 1, None));

    let aaguid = parse_aaguid("11111111222233334444555555555555").unwrap();
    let now = Timestamp::now();
    // Another program sees it too.
    let other = App::new(app.folder().to_owned());
    for app in [&app, &other] {
        assert_eq!(app.model_of(aaguid, now).unwrap().name, "A key of tests");
    }
    let again = app.import_metadata(&file, &NO_ROOTS).unwrap();
    assert_eq!(again.replaced, Some(import.file));

    let kept = app.folder().join("metadata").join(format!("{}.json", again.file.sha256));
    std::fs::write(&kept, b"{}").unwrap();
    let third = App::new(app.folder().to_owned());
    assert_eq!(third.model_of(aaguid, now), None);
    let status = third.metadata_status(now).unwrap();
    assert!(status.files[0].problem.as_ref().unwrap().contains("changed"), "{status:?}");

    assert_eq!(other.remove_metadata(Some(ModelSource::Metadata)).unwrap_err().code, Code::NotFound);
    assert_eq!(other.remove_metadata(None).unwrap(), [again.file]);
    assert!(!kept.exists());
    assert_eq!(app.model_of(aaguid, now), None);
}

#[test]
fn what_is_no_metadata_is_refused_with_its_reason() {
    let (folder, app) = app();
    let import = |bytes: &[u8]| {
        let file = folder.path().join("file");
        std::fs::write(&file, bytes).unwrap();
        app.import_metadata(&file, &NO_ROOTS).unwrap_err()
    };
    assert_eq!(import(b"PK\x03\x04").code, Code::Usage);
    assert_eq!(import(b"").code, Code::Usage);
    assert_eq!(import("[".repeat(1 << 20).as_bytes()).code, Code::Usage);
    assert_eq!(import(b"eyJhbGciOiJub25lIn0.e30.").code, Code::VerificationFailed);
    assert_eq!(
        app.import_metadata(&folder.path().join("nowhere"), &NO_ROOTS).unwrap_err().code,
        Code::NotFound
    );
    assert!(!app.folder().join("metadata/kept.json").exists());
}

#[test]
fn a_file_of_any_length_is_read_up_to_the_bound() {
    let (folder, app) = app();
    let file = folder.path().join("endless");
    // Ten gigabytes that take no room on the disk.
    std::fs::File::create(&file).unwrap().set_len(10 << 30).unwrap();
    let error = app.import_metadata(&file, &NO_ROOTS).unwrap_err();
    assert_eq!(error.code, Code::Usage);
    assert!(error.message.contains("67108864"), "{error}");
}
