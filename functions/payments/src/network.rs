//! The AWS SDK's way to the network: the HTTP client that Stripe's requests take, over the same TLS. The function carries
//! one of each, and both believe the same authorities.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use lambda_http::http;
use reqwest::redirect;

/// An HTTP client over `tls` that follows no redirects. What is sent to this machine in the clear, keys among it, passes no
/// proxy.
pub(crate) fn builder(tls: rustls::ClientConfig, endpoint: &str) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(redirect::Policy::none());
    if endpoint.starts_with("http://") { builder.no_proxy() } else { builder }
}

/// A pool of connections to AWS. How long an answer may take, from the first packet on, is the SDK's to decide.
#[derive(Clone, Debug)]
pub struct Network(reqwest::Client);

impl Network {
    /// Over `tls`, or in the clear where `endpoint` says so: an emulator on this machine.
    pub fn new(tls: rustls::ClientConfig, endpoint: Option<&str>) -> reqwest::Result<Self> {
        Ok(Self(builder(tls, endpoint.unwrap_or_default()).build()?))
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
        let request = request.try_into_http1x().map_err(|error| user(error.into()))?;
        // What we send is never a stream.
        let request = request.map(|body| body.bytes().map(<[u8]>::to_vec).unwrap_or_default());
        let request = request.try_into().map_err(|error: reqwest::Error| user(error.into()))?;
        let response = self.0.execute(request).await.map_err(|error| match error {
            error if error.is_timeout() => ConnectorError::timeout(error.into()),
            error => ConnectorError::io(error.into()),
        })?;
        let response = http::Response::<reqwest::Body>::from(response).map(SdkBody::from_body_1_x);
        response.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
