//! The site behind its doors, in memory: what is sent is answered, and the answer shows no secret of it.

use std::cell::OnceCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::from_fn;
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use fix401::config::{Config, LogFormat, Moderation};
use fix401::web::{State, around, routes};

use super::{SITE, now, telling};

/// Sends a body somewhere and gives the status and the body of the answer.
type Send = dyn Fn(Sent) -> Pin<Box<dyn Future<Output = (u16, String)>>>;

/// What is sent.
struct Sent {
    path: &'static str,
    content_type: &'static str,
    body: String,
}

thread_local! {
    // Never given back: the runtime must not end after what it keeps for the thread has ended.
    static DOORS: OnceCell<&'static (SystemRunner, Rc<Send>)> = const { OnceCell::new() };
}

fn open() -> (SystemRunner, Rc<Send>) {
    let system = System::new();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        data: "nowhere".into(),
        database_url: "sqlite::memory:".parse().expect("any text is a secret"),
        content: None,
        public_url: "http://fix401.example".parse().expect("an address"),
        trusted_proxies: Vec::new(),
        moderation: Moderation::None,
        keep_unseen_days: None,
        security_contact: None,
        workers: 1,
        upload_max: 8 << 20,
        log: "off".into(),
        log_format: LogFormat::Text,
    };
    let state = web::Data::new(State::new(config, Arc::clone(&SITE), Box::new(now)));
    let send = system.block_on(async move {
        let app = App::new().app_data(state).wrap(from_fn(around)).configure(routes);
        let service = Rc::new(init_service(app).await);
        let send: Rc<Send> = Rc::new(move |sent: Sent| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let request = TestRequest::post()
                    .uri(sent.path)
                    .insert_header((CONTENT_TYPE, sent.content_type))
                    .insert_header(("Sec-Fetch-Site", "same-origin"))
                    .set_payload(sent.body)
                    .to_request();
                let answer = call_service(&*service, request).await;
                let status = answer.status().as_u16();
                (status, String::from_utf8_lossy(&read_body(answer).await).into_owned())
            })
        });
        send
    });
    (system, send)
}

/// A text as a body of the API, and as the paste in one: there is always an answer, it is never the server's fault, and it
/// repeats nothing secret. There is no database here, so that comments are answered with 503.
pub fn api_json(text: &str) {
    const JSON: &str = "application/json";
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let sent = [
        Sent { path: "/api/v1/diagnose", content_type: JSON, body: text.to_owned() },
        Sent {
            path: "/api/v1/diagnose",
            content_type: JSON,
            body: format!("{{\"text\":{quoted},\"limit\":3}}"),
        },
        Sent {
            path: "/api/v1/diagnose",
            content_type: JSON,
            body: format!("{{\"text\":\"401\",\"findings\":[{quoted}],\"answers\":{{{quoted}:{quoted}}}}}"),
        },
        Sent { path: "/api/v1/articles/clock-skew/comments", content_type: JSON, body: text.to_owned() },
        Sent { path: "/diagnose", content_type: "text/plain", body: text.to_owned() },
        Sent {
            path: "/diagnose",
            content_type: "application/x-www-form-urlencoded",
            body: format!("text={escaped}&q.client=curl"),
        },
    ];
    let uploaded = Sent {
        path: "/diagnose",
        content_type: "multipart/form-data; boundary=401",
        body: format!(
            "--401\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.har\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{text}\r\n--401--\r\n"
        ),
    };
    let secrets = fix401::redact::secrets(text);
    let secrets: Vec<&str> = telling(text, &secrets).collect();
    DOORS.with(|doors| {
        let (system, send) = doors.get_or_init(|| Box::leak(Box::new(open())));
        for sent in sent.into_iter().chain([uploaded]) {
            let path = sent.path;
            let (status, body) = system.block_on(send(sent));
            let expected = [200, 400, 413, 415, 422, 503].contains(&status);
            assert!(expected, "{path} answers {status} to {text:?}: {body}");
            for secret in &secrets {
                assert!(!body.contains(secret), "{path} shows {secret:?} of {text:?}");
            }
        }
    });
}
