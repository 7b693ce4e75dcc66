use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use http::HeaderValue;

use super::*;

/// Serves one connection after another: notes each request, then lets `answer` write.
fn serve(answer: impl Fn(&str, &mut TcpStream) + Send + 'static) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, requests) = channel();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let request = read_request(&mut stream);
            seen.send(request.clone()).ok();
            answer(&request, &mut stream);
        }
    });
    (address, requests)
}

fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse::<usize>().unwrap())
            });
            body.len() >= length.unwrap_or(0)
        });
        if complete {
            return text;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
}

fn text(status: &'static str, rest: &'static str) -> impl Fn(&str, &mut TcpStream) + Send {
    move |_, stream| {
        let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{rest}");
        stream.write_all(answer.as_bytes()).ok();
    }
}

fn loopback() -> Settings {
    Settings {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        max_body: 1_000,
        ..Settings::default()
    }
}

fn fetcher(settings: &Settings) -> Fetcher {
    Fetcher::new(settings).unwrap()
}

fn url(address: SocketAddr, path: &str) -> Url {
    format!("http://{address}{path}").parse().unwrap()
}

#[tokio::test]
async fn an_allowed_address_answers() {
    let (address, requests) = serve(text("200 OK", "X-A: b\r\nContent-Length: 2\r\n\r\nhi"));
    let response = fetcher(&loopback()).get(url(address, "/a?b=c")).await;
    let response = response.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["x-a"], "b");
    assert_eq!(response.body, "hi");
    let request = requests.recv().unwrap();
    assert!(request.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("user-agent: Latchkey/"), "{request}");
}

#[tokio::test]
async fn a_post_carries_its_body_and_headers() {
    let (address, requests) = serve(text("204 No Content", "\r\n"));
    let json = HeaderValue::from_static("application/json");
    let response = fetcher(&loopback())
        .post(url(address, "/"), json, "{\"a\":1}")
        .await;
    assert_eq!(response.unwrap().status, 204);
    let request = requests.recv().unwrap();
    assert!(request.contains("content-type: application/json\r\n"));
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn without_an_allowed_range_nothing_inside_is_called() {
    let (address, requests) = serve(text("200 OK", "Content-Length: 0\r\n\r\n"));
    let fetcher = fetcher(&Settings::default());
    let port = address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "0",
        "169.254.169.254",
    ] {
        let secure = format!("https://{host}:{port}/").parse().unwrap();
        let refused = fetcher.get(secure).await;
        assert!(matches!(refused, Err(FetchError::Refused)), "{host}: {refused:?}");
        let plain = format!("http://{host}:{port}/").parse().unwrap();
        let refused = fetcher.get(plain).await;
        assert!(
            matches!(refused, Err(FetchError::Insecure)),
            "{host}: {refused:?}"
        );
    }
    assert!(requests.try_recv().is_err(), "no connection was made");
}

#[tokio::test]
async fn plain_http_goes_to_allowed_ranges_alone() {
    let (address, _requests) = serve(text("200 OK", "Content-Length: 0\r\n\r\n"));
    let fetcher = fetcher(&loopback());
    let by_name = format!("http://localhost:{}/", address.port());
    assert!(fetcher.get(by_name.parse().unwrap()).await.is_ok());
    let public = fetcher.get("http://1.1.1.1/".parse().unwrap()).await;
    assert!(matches!(public, Err(FetchError::Insecure)), "{public:?}");
    let neighbor = fetcher.get("https://10.0.0.1/".parse().unwrap()).await;
    assert!(matches!(neighbor, Err(FetchError::Refused)), "{neighbor:?}");
}

#[tokio::test]
async fn other_urls_are_not_fetched() {
    let fetcher = fetcher(&loopback());
    for text in [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "unix:/run/x",
        "http://user@127.0.0.1/",
        "http://user:word@127.0.0.1/",
        "https://example.com@127.0.0.1/",
    ] {
        let refused = fetcher.get(text.parse().unwrap()).await;
        assert!(matches!(refused, Err(FetchError::Url)), "{text}: {refused:?}");
    }
    let unknown = fetcher.get("https://nowhere.invalid/".parse().unwrap()).await;
    assert!(matches!(unknown, Err(FetchError::Unresolved)), "{unknown:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (address, requests) = serve(text(
        "302 Found",
        "Location: /secret\r\nContent-Length: 0\r\n\r\n",
    ));
    let response = fetcher(&loopback()).get(url(address, "/")).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(response.headers["location"], "/secret");
    assert!(requests.recv().unwrap().starts_with("GET / "));
    assert!(requests.try_recv().is_err(), "nothing further was asked");
}

#[tokio::test]
async fn a_long_body_is_refused_whether_announced_or_not() {
    let (announced, _a) = serve(text("200 OK", "Content-Length: 1001\r\n\r\n"));
    let (endless, _b) = serve(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).ok();
        // Until the other side hangs up.
        while stream.write_all(b"100\r\n").is_ok()
            && stream.write_all(&[b'x'; 0x100]).is_ok()
            && stream.write_all(b"\r\n").is_ok()
        {}
    });
    let (longest, _c) = serve(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
        stream.write_all(head.as_bytes()).ok();
        stream.write_all(&[b'x'; 1_000]).ok();
    });
    let fetcher = fetcher(&loopback());
    for address in [announced, endless] {
        let refused = fetcher.get(url(address, "/")).await;
        assert!(matches!(refused, Err(FetchError::TooLarge)), "{refused:?}");
    }
    let response = fetcher.get(url(longest, "/")).await.unwrap();
    assert_eq!(response.body.len(), 1_000);
}

#[tokio::test]
async fn a_silent_or_dripping_server_runs_into_the_time_limit() {
    let (silent, _a) = serve(|_, stream| {
        // Until the other side hangs up.
        stream.read_to_end(&mut Vec::new()).ok();
    });
    let (half, _b) = serve(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
        stream.write_all(head.as_bytes()).ok();
        stream.read_to_end(&mut Vec::new()).ok();
    });
    let fetcher = fetcher(&Settings {
        timeout: Duration::from_millis(80),
        ..loopback()
    });
    for address in [silent, half] {
        let late = fetcher.get(url(address, "/")).await;
        assert!(matches!(late, Err(FetchError::Timeout)), "{late:?}");
    }
}

#[tokio::test]
async fn a_closed_port_and_a_broken_answer_are_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (broken, _requests) = serve(text("200 OK", "Content-Length: 10\r\n\r\nabc"));
    let fetcher = fetcher(&loopback());
    let error = fetcher.get(url(closed, "/")).await;
    assert!(matches!(error, Err(FetchError::Connect(_))), "{error:?}");
    let error = fetcher.get(url(broken, "/")).await;
    assert!(matches!(error, Err(FetchError::Broken(_))), "{error:?}");
}

#[test]
fn a_url_can_be_checked_before_it_is_ever_called() {
    let fetcher = fetcher(&loopback());
    let check = |text: &str| fetcher.check(&text.parse().unwrap());
    assert!(check("https://crm.example/jwks").is_ok());
    assert!(check("http://127.0.0.1:9/").is_ok());
    assert!(matches!(check("https://192.168.0.1/"), Err(FetchError::Refused)));
    assert!(matches!(check("gopher://x/"), Err(FetchError::Url)));
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/certificates")
        .join(name)
}

fn serve_tls() -> SocketAddr {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let chain = CertificateDer::from_pem_file(certificate("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificate("server.key")).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            if !read_request(&mut stream).is_empty() {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
                stream.write_all(answer.as_bytes()).ok();
                stream.conn.send_close_notify();
                stream.flush().ok();
            }
        }
    });
    address
}

#[tokio::test]
async fn a_private_ca_is_trusted_only_when_its_file_is_named() {
    let port = serve_tls().port();
    let by_name: Url = format!("https://localhost:{port}/").parse().unwrap();
    let stranger = fetcher(&loopback()).get(by_name.clone()).await;
    assert!(format!("{stranger:?}").contains("UnknownIssuer"), "{stranger:?}");
    let trusting = fetcher(&Settings {
        ca_file: Some(certificate("ca.pem")),
        ..loopback()
    });
    assert_eq!(trusting.get(by_name).await.unwrap().body, "hi");
    let other_name = format!("https://127.0.0.2:{port}/").parse().unwrap();
    let wrong = trusting.get(other_name).await;
    assert!(format!("{wrong:?}").contains("NotValidForName"), "{wrong:?}");
}

#[test]
fn a_useless_ca_file_is_refused_at_the_start() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    for path in [empty.path().to_owned(), certificate("missing.pem")] {
        let settings = Settings {
            ca_file: Some(path),
            ..loopback()
        };
        let refused = Fetcher::new(&settings);
        assert!(matches!(refused, Err(FetchError::CaFile(_))), "{refused:?}");
    }
}
