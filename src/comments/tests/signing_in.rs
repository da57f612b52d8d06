//! Moderators' accounts and sessions.

use super::*;

const PASSWORD: &str = "correct horse battery";

async fn with_mo() -> Scene {
    let s = Scene::new().await;
    s.comments.add_moderator("Mo", PASSWORD, s.now).await.unwrap();
    s
}

async fn sign_in(s: &Scene, name: &str, password: &str) -> Option<String> {
    let visitor = s.visitor("192.0.2.1").await;
    s.comments.sign_in(name, password, "", &visitor, s.now).await.unwrap()
}

#[tokio::test]
async fn a_moderator_signs_in_and_out() {
    let s = with_mo().await;
    let token = sign_in(&s, " MO ", PASSWORD).await.unwrap();
    let session = s.comments.session(&token, s.now).await.unwrap().unwrap();
    assert_eq!(
        (session.moderator.as_str(), session.created, session.expires),
        ("mo", s.now, s.now + hours(12))
    );
    s.comments.sign_out(&token).await.unwrap();
    assert_eq!(s.comments.session(&token, s.now).await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_password_or_an_unknown_name_does_not_sign_in() {
    let s = with_mo().await;
    assert_eq!(sign_in(&s, "mo", "correct horse batterz").await, None);
    assert_eq!(sign_in(&s, "nobody", PASSWORD).await, None);
    assert_eq!(sign_in(&s, "", "").await, None);
    assert_eq!(sign_in(&s, "mo", "").await, None);
    assert_eq!(sign_in(&s, "mo' OR '1'='1", PASSWORD).await, None);
    assert_eq!(sign_in(&s, "mo", &"x".repeat(1_000_000)).await, None);
    for token in ["", "x", &"A".repeat(43)] {
        assert_eq!(s.comments.session(token, s.now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_its_holder_was_last_seen() {
    let mut s = with_mo().await;
    let token = sign_in(&s, "mo", PASSWORD).await.unwrap();
    for _ in 0..3 {
        s.later(hours(11));
        let session = s.comments.session(&token, s.now).await.unwrap().unwrap();
        assert_eq!(session.expires, s.now + hours(12));
    }
    s.later(hours(12));
    assert_eq!(s.comments.session(&token, s.now).await.unwrap(), None);
    s.comments.tend(s.now).await.unwrap();
    assert_eq!(s.comments.sessions("mo", s.now).await.unwrap(), []);
}

#[tokio::test]
async fn sessions_are_listed_and_each_can_be_ended() {
    let mut s = with_mo().await;
    let first = sign_in(&s, "mo", PASSWORD).await.unwrap();
    s.later(minutes(10));
    let second = sign_in(&s, "mo", PASSWORD).await.unwrap();
    let listed = s.comments.sessions("mo", s.now).await.unwrap();
    assert_eq!(listed.len(), 2);
    let of_first = s.comments.session(&first, s.now).await.unwrap().unwrap();
    assert_eq!(listed[1].id, of_first.id);
    assert!(!s.comments.end_session("another", of_first.id).await.unwrap());
    assert!(s.comments.end_session("mo", of_first.id).await.unwrap());
    assert_eq!(s.comments.session(&first, s.now).await.unwrap(), None);
    assert!(s.comments.session(&second, s.now).await.unwrap().is_some());
}

#[tokio::test]
async fn a_moderator_who_is_removed_or_gets_another_password_is_signed_out() {
    let s = with_mo().await;
    let token = sign_in(&s, "mo", PASSWORD).await.unwrap();
    s.comments.set_password("mo", "another good password").await.unwrap();
    assert_eq!(s.comments.session(&token, s.now).await.unwrap(), None);
    assert_eq!(sign_in(&s, "mo", PASSWORD).await, None);
    let token = sign_in(&s, "mo", "another good password").await.unwrap();
    s.comments.remove_moderator("mo").await.unwrap();
    assert_eq!(s.comments.session(&token, s.now).await.unwrap(), None);
    assert_eq!(s.comments.moderators().await.unwrap(), []);
}

#[tokio::test]
async fn an_account_needs_a_free_name_and_a_long_password() {
    let s = with_mo().await;
    let add = async |name: &str, password: &str| {
        s.comments.add_moderator(name, password, s.now).await.unwrap_err().to_string()
    };
    assert_eq!(add("MO", PASSWORD).await, "There is already a moderator named mo.");
    assert_eq!(
        add("a b", PASSWORD).await,
        "A name has 1 to 60 letters, digits, dots, hyphens or underscores."
    );
    assert_eq!(add("", PASSWORD).await, "A name has 1 to 60 letters, digits, dots, hyphens or underscores.");
    assert_eq!(add("ada", "short").await, "A password has 12 to 200 characters.");
    assert_eq!(
        s.comments.remove_moderator("ada").await.unwrap_err().to_string(),
        "There is no moderator named ada."
    );
    let names: Vec<String> = s.comments.moderators().await.unwrap().into_iter().map(|m| m.name).collect();
    assert_eq!(names, ["mo"]);
}

#[tokio::test]
async fn after_ten_wrong_passwords_a_network_has_to_wait() {
    let mut s = with_mo().await;
    for _ in 0..10 {
        assert_eq!(sign_in(&s, "mo", "wrong password").await, None);
    }
    let visitor = s.visitor("192.0.2.1").await;
    let refused = s.comments.sign_in("mo", PASSWORD, "", &visitor, s.now).await;
    assert!(matches!(refused, Err(Refused::Limited { retry_after }) if retry_after == minutes(15)));
    // From elsewhere the moderator gets in.
    let elsewhere = s.visitor("192.0.2.2").await;
    assert!(s.comments.sign_in("mo", PASSWORD, "", &elsewhere, s.now).await.unwrap().is_some());
    s.later(minutes(15));
    assert!(sign_in(&s, "mo", PASSWORD).await.is_some());
}

#[tokio::test]
async fn a_name_that_is_tried_from_everywhere_has_to_wait_whether_it_exists_or_not() {
    let s = with_mo().await;
    for name in ["mo", "nobody"] {
        let mut limited = 0;
        for n in 0..52 {
            let visitor = s.visitor(&format!("198.51.100.{n}")).await;
            if s.comments.sign_in(name, "wrong", "", &visitor, s.now).await.is_err() {
                limited += 1;
            }
        }
        assert_eq!(limited, 2, "{name}");
    }
}

/// The code that an app shows now, worked out apart from the program: HMAC-SHA-1 over the step (RFC 4226, section 5.3).
fn code(secret: &str, now: Timestamp) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let bits: String = secret
        .bytes()
        .map(|c| format!("{:05b}", if c.is_ascii_uppercase() { c - b'A' } else { c - b'2' + 26 }))
        .collect();
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(now.as_second() / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn with_a_second_factor_a_password_alone_does_not_sign_in() {
    let mut s = Scene::new().await;
    s.comments.add_moderator("mo", PASSWORD, s.now).await.unwrap();
    let with = async |s: &Scene, code: &str| {
        let visitor = s.visitor("192.0.2.1").await;
        s.comments.sign_in("mo", PASSWORD, code, &visitor, s.now).await.unwrap()
    };
    let factor = s.comments.propose_second_factor("mo").unwrap();
    assert!(factor.address.starts_with("otpauth://totp/fix401:mo?secret="), "{}", factor.address);
    assert_eq!(s.comments.set_second_factor("mo", &factor.secret, "000000", s.now).await.unwrap(), None);
    assert!(with(&s, "").await.is_some(), "nothing is asked for before a code was right");
    let now = code(&factor.secret, s.now);
    let once = s.comments.set_second_factor("mo", &factor.secret, &now, s.now).await.unwrap().unwrap();
    assert_eq!(once.len(), 8);

    assert_eq!(with(&s, "").await, None);
    assert_eq!(with(&s, &now).await, None, "that code was used");
    s.later(SignedDuration::from_secs(60));
    let next = code(&factor.secret, s.now);
    assert!(with(&s, &next).await.is_some());
    assert_eq!(with(&s, &next).await, None, "a code is good once");
    assert!(with(&s, &once[3]).await.is_some());
    assert_eq!(with(&s, &once[3]).await, None, "so is each of these");
    assert_eq!(s.comments.second_factor_of("mo").await.unwrap(), Some(7));

    assert!(!s.comments.drop_second_factor("mo", "000000", s.now).await.unwrap());
    assert!(s.comments.drop_second_factor("mo", &once[0], s.now).await.unwrap());
    assert!(with(&s, "").await.is_some());
}

#[tokio::test]
async fn a_role_holds_from_the_next_page_on() {
    let s = Scene::new().await;
    s.comments.add_moderator("mo", PASSWORD, s.now).await.unwrap();
    let token = sign_in(&s, "mo", PASSWORD).await.unwrap();
    assert_eq!(s.comments.session(&token, s.now).await.unwrap().unwrap().role, Role::Admin);
    s.comments.set_role("Mo", Role::Moderator).await.unwrap();
    assert_eq!(s.comments.session(&token, s.now).await.unwrap().unwrap().role, Role::Moderator);
    let error = s.comments.set_role("nobody", Role::Admin).await.unwrap_err();
    assert_eq!(error.to_string(), "There is no moderator named nobody.");
}
