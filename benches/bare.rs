//! The baseline of `scripts/bench`: a bare actix-web handler that answers every request with the bytes of one file.

use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(workers)) = (arguments.next(), arguments.next()) else {
        return Err(std::io::Error::other("usage: bare FILE WORKERS"));
    };
    let workers = workers.parse().map_err(|_| std::io::Error::other("WORKERS is a number"))?;
    let body = Bytes::from(std::fs::read(file)?);
    let server = HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
        }))
    })
    .workers(workers)
    .bind("127.0.0.1:0")?;
    println!("listening on http://{}", server.addrs()[0]);
    server.run().await
}
