//! `/api/chat/messages` (contract 1.2). Order of checks: malformed JSON, bearer, schema.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Backend;
use super::auth_client::Identity;
use super::envelope::ApiError;
use super::message::{Message, NewMessage};
use super::origin::Origin;
use super::query::Page;
use super::schema::{Problem, read_json, unprocessable};

/// POST: 200 (not 201) with the stored message.
pub(super) async fn create(State(backend): State<Arc<Backend>>, headers: HeaderMap, body: Bytes) -> Response {
    let (user, new) = match authenticated_message(&backend, &headers, &body).await {
        Ok(both) => both,
        Err(answer) => return answer,
    };
    let message = Message::of(&user.user_id, new);
    match backend.store() {
        Ok(store) => store.add(message.clone()),
        Err(error) => return backend.refuse(&headers, &error),
    }
    Json(json!({ "message": message, "status": "created" })).into_response()
}

/// GET: the caller's own messages, a page at a time.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let user = match backend.authenticate(&headers).await {
        Ok(user) => user,
        Err(error) => return backend.refuse(&headers, &error),
    };
    let page = match Page::from_query(&query) {
        Ok(page) => page,
        Err(problems) => return unprocessable(problems),
    };
    let (messages, total) = match backend.store() {
        Ok(store) => store.page(&user.user_id, &page),
        Err(error) => return backend.refuse(&headers, &error),
    };
    let has_more = page.offset + messages.len() < total;
    Json(json!({
        "messages": messages,
        "total_count": total,
        "page": page.offset / page.limit + 1,
        "page_size": page.limit,
        "has_more": has_more,
    }))
    .into_response()
}

/// GET by id: 404 when unknown, 403 when it is somebody else's.
pub(super) async fn read(State(backend): State<Arc<Backend>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match own_message(&backend, &headers, &id).await {
        Ok(message) => Json(message).into_response(),
        Err(error) => backend.refuse(&headers, &error),
    }
}

/// DELETE by id, refused as reading is.
pub(super) async fn delete(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match own_message(&backend, &headers, &id).await {
        Ok(message) => {
            backend.messages.remove(&message.id);
            Json(json!({ "status": "deleted", "message_id": message.id })).into_response()
        }
        Err(error) => backend.refuse(&headers, &error),
    }
}

async fn own_message(backend: &Backend, headers: &HeaderMap, id: &str) -> Result<Message, ApiError> {
    let user = backend.authenticate(headers).await?;
    match backend.messages.find(id) {
        Some(message) if message.user_id == user.user_id => Ok(message),
        Some(_) => {
            let message = "Access denied: You can only access your own messages";
            Err(ApiError::forbidden(message, Origin::READ_MESSAGE))
        }
        None => Err(ApiError::not_found("Message not found", Origin::READ_MESSAGE)),
    }
}

/// What posting and streaming have in common: who asks, and what they say.
pub(super) async fn authenticated_message(
    backend: &Backend,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Identity, NewMessage), Response> {
    let body = read_json(body).map_err(|problem| unprocessable(vec![problem]))?;
    let user = backend.authenticate(headers).await.map_err(|error| backend.refuse(headers, &error))?;
    let body = body.ok_or_else(|| unprocessable(vec![Problem::missing_body()]))?;
    let new = NewMessage::from_body(&body, backend.demanded_field()).map_err(unprocessable)?;
    Ok((user, new))
}
