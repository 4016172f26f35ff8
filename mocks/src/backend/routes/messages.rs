//! `/api/chat/messages` and `/api/threads`. The order of checks is FastAPI's: malformed JSON, bearer, schema.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::backend::auth_client::Identity;
use crate::backend::chat::{Message, NewMessage, Page};
use crate::backend::error::{ApiError, Origin, Problem, read_json, unprocessable};
use crate::backend::service::Backend;

/// `POST /api/chat/messages`: 200 (not 201) with the stored message.
pub(crate) async fn create(State(backend): State<Arc<Backend>>, headers: HeaderMap, body: Bytes) -> Response {
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

/// `GET /api/chat/messages`: one page of the caller's messages.
pub(crate) async fn list(
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

/// `GET /api/chat/messages/{id}`: 404 for an unknown message, 403 for another user's message.
pub(crate) async fn read(State(backend): State<Arc<Backend>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match own_message(&backend, &headers, &id).await {
        Ok(message) => Json(message).into_response(),
        Err(error) => backend.refuse(&headers, &error),
    }
}

/// `DELETE /api/chat/messages/{id}`: refused as reading is.
pub(crate) async fn delete(
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

/// `GET /api/threads`: the threads that the caller has written to. The database session comes before the bearer.
pub(crate) async fn list_threads(State(backend): State<Arc<Backend>>, headers: HeaderMap) -> Response {
    let session = match backend.database.session().await {
        Ok(session) => session,
        Err(error) => return backend.refuse(&headers, &error),
    };
    let user = match backend.current_user(&headers).await {
        Ok(user) => user,
        Err(error) => {
            session.refused(error.status(), error.message());
            return backend.refuse(&headers, &error);
        }
    };
    let threads: BTreeSet<String> = backend.messages.threads(&user.user_id);
    let listed = threads.iter().map(|id| json!({ "id": id, "object": "thread", "user_id": user.user_id }));
    Json(listed.collect::<Vec<_>>()).into_response()
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

/// Authenticates a request that posts a message, and reads the message.
pub(crate) async fn authenticated_message(
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
