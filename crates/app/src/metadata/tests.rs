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
    let model = app.model_of(aaguid).unwrap();
    assert_eq!((model.name.as_str(), model.source), ("YubiKey 5 Series", ModelSource::Common));
    assert!(model.claimed && !model.verified && !model.stale);
    assert_eq!(app.model_of([0; 16]), None);
    assert_eq!(app.model_of([7; 16]), None);
    assert!(app.metadata_status().unwrap().files.is_empty());
}

#[test]
fn a_list_is_kept_shown_damaged_and_removed() {
    let (folder, app) = app();
    let file = folder.path().join("aaguid.json");
    std::fs::write(&file, LIST).unwrap();
    let import = app.import_metadata(&file, &NO_ROOTS).unwrap();
    assert_eq!((import.file.source, import.file.models, import.replaced), (ModelSource::Community, 1, None));

    let aaguid = parse_aaguid("11111111222233334444555555555555").unwrap();
    // Another program sees it too.
    let other = App::new(app.folder().to_owned());
    for app in [&app, &other] {
        assert_eq!(app.model_of(aaguid).unwrap().name, "A key of tests");
    }
    let again = app.import_metadata(&file, &NO_ROOTS).unwrap();
    assert_eq!(again.replaced, Some(import.file));

    let kept = app.folder().join("metadata").join(format!("{}.json", again.file.sha256));
    std::fs::write(&kept, b"{}").unwrap();
    let third = App::new(app.folder().to_owned());
    assert_eq!(third.model_of(aaguid), None);
    let status = third.metadata_status().unwrap();
    assert!(status.files[0].problem.as_ref().unwrap().contains("changed"), "{status:?}");

    assert_eq!(other.remove_metadata(Some(ModelSource::Metadata)).unwrap_err().code, Code::NotFound);
    assert_eq!(other.remove_metadata(None).unwrap(), [again.file]);
    assert!(!kept.exists());
    assert_eq!(app.model_of(aaguid), None);
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

mod blobs {
    use super::*;
    use ::metadata::testing::{Algorithm, Service};
    use serde_json::{Value, json};

    const MODEL: &str = "0102aabb-0000-4000-8000-000000000001";

    struct Files {
        _folder: tempfile::TempDir,
        app: App,
        service: Service,
        root: std::path::PathBuf,
        blob: std::path::PathBuf,
    }

    impl Files {
        fn new() -> Self {
            let (folder, app) = app();
            let service = Service::new(Algorithm::Es256);
            let (root, blob) = (folder.path().join("root.pem"), folder.path().join("blob.jwt"));
            std::fs::write(&root, service.root_pem()).unwrap();
            Self { _folder: folder, app, service, root, blob }
        }

        fn import(&self, number: u64, next_update: &str) -> Result<MetadataImport, AppError> {
            std::fs::write(&self.blob, self.service.blob(&payload(number, next_update))).unwrap();
            self.app.import_metadata(&self.blob, &[&self.root])
        }
    }

    fn payload(number: u64, next_update: &str) -> Value {
        let info = json!({"versions": ["FIDO_2_0"], "aaguid": MODEL.replace('-', ""), "maxMsgSize": 1200});
        json!({"no": number, "nextUpdate": next_update, "entries": [
            {"aaguid": MODEL, "metadataStatement": {"description": "A key", "authenticatorGetInfo": info},
             "statusReports": [{"status": "REVOKED", "effectiveDate": "2025-05-06"}]},
            {"aaguid": "nonsense"},
        ]})
    }

    #[test]
    fn a_blob_is_taken_under_its_root_and_says_what_is_wrong_with_a_model() {
        let files = Files::new();
        let import = files.import(7, "2099-01-01").unwrap();
        assert_eq!((import.file.number, import.file.own_root, import.stale), (Some(7), true, false));
        assert_eq!((import.file.models, import.skipped.len()), (1, 1));
        let status = files.app.metadata_status().unwrap();
        assert_eq!((status.files[0].file.clone(), status.files[0].problem.clone()), (import.file, None));

        let aaguid = parse_aaguid(MODEL).unwrap();
        let model = files.app.model_of(aaguid).unwrap();
        assert!(model.verified && model.claimed && !model.stale);
        assert_eq!(model.danger().unwrap().date.as_deref(), Some("2025-05-06"));

        let info = ctap::get_info::Response {
            versions: vec!["FIDO_2_0".to_owned()],
            aaguid,
            max_msg_size: Some(1024),
            ..ctap::get_info::Response::default()
        };
        let differences = files.app.model_differences(&info).unwrap();
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].member, "maxMsgSize");
    }

    #[test]
    fn an_older_blob_is_refused_until_the_kept_one_is_removed() {
        let files = Files::new();
        files.import(7, "2099-01-01").unwrap();
        let error = files.import(6, "2099-01-01").unwrap_err();
        assert_eq!(error.code, Code::VerificationFailed);
        assert!(error.message.contains("number 6, older than number 7"), "{error}");
        assert_eq!(files.import(7, "2099-01-01").unwrap().replaced.unwrap().number, Some(7));
        assert_eq!(files.import(8, "2020-01-01").unwrap().replaced.unwrap().number, Some(7));
        // Taken, and told that the next one is due.
        assert!(files.app.metadata_status().unwrap().files[0].stale);
        assert!(files.app.model_of(parse_aaguid(MODEL).unwrap()).unwrap().stale);
        files.app.remove_metadata(Some(ModelSource::Metadata)).unwrap();
        files.import(6, "2099-01-01").unwrap();
    }

    #[test]
    fn what_does_not_hold_leaves_what_is_kept_alone() {
        let files = Files::new();
        let kept = files.import(7, "2099-01-01").unwrap().file;
        let roots: [&Path; 0] = [];
        let error = files.app.import_metadata(&files.blob, &roots).unwrap_err();
        assert_eq!(error.code, Code::VerificationFailed);
        assert!(error.hint.unwrap().contains("--root"));

        let mut text = std::fs::read_to_string(&files.blob).unwrap();
        text.truncate(text.len() - 8);
        std::fs::write(&files.blob, text).unwrap();
        let error = files.app.import_metadata(&files.blob, &[&files.root]).unwrap_err();
        assert!(error.message.contains("changed after it was signed"), "{error}");
        assert_eq!(files.app.import_metadata(&files.root, &roots).unwrap_err().code, Code::Usage);
        assert_eq!(files.app.import_metadata(&files.root, &[&files.blob]).unwrap_err().code, Code::Usage);
        assert_eq!(files.app.metadata_status().unwrap().files[0].file, kept);
    }
}
