//! Every page, fetched over HTTP.

use crate::support::TestApp;

#[test]
fn the_first_page_offers_the_form_and_the_search() {
    let app = TestApp::start();
    let answer = app.get("/");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("action=\"/diagnose\""));
    assert!(answer.body.contains("action=\"/search\""));
}
