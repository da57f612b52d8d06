//! A new and empty database for each test: a SQLite file in a folder of its own, or, when FIX401_TEST_POSTGRES holds the
//! address of an administrator's database, a database of its own on that server. Both are gone when it goes out of
//! scope. Knows only the address of a database, so that unit tests can use it too.

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

/// An empty database.
pub struct TestDatabase {
    /// Its address, as `Comments::open` takes it.
    pub url: String,
    /// Whether it is PostgreSQL.
    pub is_postgres: bool,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "removes the folder when it is dropped")] TempDir),
    Server { admin: String, name: String },
}

impl TestDatabase {
    /// Makes one.
    #[expect(clippy::disallowed_methods, reason = "which server to test on is no setting of the program")]
    pub async fn create() -> TestDatabase {
        match std::env::var("FIX401_TEST_POSTGRES") {
            Ok(admin) => TestDatabase::on_server(admin).await,
            Err(_unset) => TestDatabase::in_folder(),
        }
    }

    fn in_folder() -> TestDatabase {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("new/fix401.sqlite3").display());
        TestDatabase { url, is_postgres: false, place: Place::Folder(folder) }
    }

    async fn on_server(admin: String) -> TestDatabase {
        let name = format!("fix401_{}", uuid::Uuid::now_v7().simple());
        // A collation that is not the byte order, as real servers have it.
        run(&admin, format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
        let url = match admin.rsplit_once('/') {
            Some((server, _)) => format!("{server}/{name}"),
            None => panic!("FIX401_TEST_POSTGRES is not an address: {admin}"),
        };
        TestDatabase { url, is_postgres: true, place: Place::Server { admin, name } }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { admin, name } = &self.place else { return };
        let (admin, drop) = (admin.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // The test's own runtime may be gone or be busy with the test.
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(run(&admin, drop));
        });
        if thread.join().is_err() {
            eprintln!("a test database was left behind: {name}");
        }
    }
}

/// Runs a statement on the administrator's database.
pub async fn run(admin: &str, statement: String) {
    let mut conn = PgConnection::connect(admin).await.expect("the test server answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut conn).await.expect("the statement works");
    conn.close().await.expect("the connection closes");
}
