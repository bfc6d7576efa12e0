//! The one way to the network, of Stripe's requests and of the AWS SDK's: an HTTP client, whose TLS believes the same authorities
//! for both. A simulation of the network takes its place.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures_util::future::BoxFuture;
use lambda_http::http;
use reqwest::redirect;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Shorter than what the edges of Stripe and AWS, and the networks between, keep an idle connection.
const POOL_IDLE: Duration = Duration::from_secs(25);

/// Why a request has no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// It was not sent.
    #[error("no connection")]
    NotConnected,
    /// Nothing came in time.
    #[error("timed out")]
    TimedOut,
    /// The connection ended.
    #[error("cut")]
    Cut,
}

/// A network that is simulated: what comes of a request.
pub trait SimulatedNetwork: fmt::Debug + Send + Sync {
    /// Sends it.
    fn send(&self, request: http::Request<Vec<u8>>) -> BoxFuture<'static, Result<http::Response<Vec<u8>>, NetworkError>>;
}

/// A pool of connections to one service.
#[derive(Clone, Debug)]
pub struct Network(Way);

#[derive(Clone, Debug)]
enum Way {
    Http(reqwest::Client),
    Simulated(Arc<dyn SimulatedNetwork>),
}

impl Network {
    /// Connections over `tls` that follow no redirects. What is sent to this machine in the clear, keys among it, passes no proxy.
    pub fn new(tls: rustls::ClientConfig, endpoint: &str) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE);
        let client = if endpoint.starts_with("http://") { client.no_proxy() } else { client };
        Ok(Self(Way::Http(client.build()?)))
    }

    /// No network.
    pub fn simulated(network: Arc<dyn SimulatedNetwork>) -> Self {
        Self(Way::Simulated(network))
    }

    /// Sends a request. The response's body may still be on its way.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<reqwest::Response, NetworkError> {
        match &self.0 {
            Way::Http(client) => {
                let request = request.try_into().map_err(|_| NetworkError::NotConnected)?;
                client.execute(request).await.map_err(|error| match error {
                    error if error.is_connect() => NetworkError::NotConnected,
                    error if error.is_timeout() => NetworkError::TimedOut,
                    _ => NetworkError::Cut,
                })
            }
            Way::Simulated(network) => network.send(request).await.map(reqwest::Response::from),
        }
    }

    /// For the AWS SDK, which decides how long an answer may take, from the first packet on.
    async fn send_for_sdk(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        // What we send is never a stream.
        let request = request.map(|body| body.bytes().map(<[u8]>::to_vec).unwrap_or_default());
        let response = self.send(request).await.map_err(|error| match error {
            NetworkError::TimedOut => ConnectorError::timeout(error.into()),
            NetworkError::NotConnected | NetworkError::Cut => ConnectorError::io(error.into()),
        })?;
        let response = http::Response::<reqwest::Body>::from(response).map(SdkBody::from_body_1_x);
        response.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send_for_sdk(request))
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
