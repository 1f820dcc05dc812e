using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.ServiceDefaults.Problems;

/// <summary>What HTTP says for a refusal code.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Title">The same short sentence for every occurrence (RFC 9457, 3.1.3).</param>
/// <param name="RetryAfterSeconds">Value of <c>Retry-After</c>; null: the header is not sent.</param>
public sealed record ProblemType(int Status, string Title, int? RetryAfterSeconds = null);

/// <summary>The one table from refusal code to HTTP.</summary>
public static class ProblemTypes
{
    /// <summary>The problem type URI is this followed by the code.</summary>
    public const string UriPrefix = "urn:agentmesh:problem:";

    /// <summary>
    /// For a code that is not in the table: a newer service behind this one refused for a reason this one does not know. The code and
    /// its detail are passed on.
    /// </summary>
    public static ProblemType Unknown { get; } = new(StatusCodes.Status500InternalServerError, "The request was refused.");

    /// <summary>
    /// Every code. Codes of other assemblies stand here as text, because this project references Primitives only; tests of the
    /// gateway compare them with the constants.
    /// </summary>
    public static FrozenDictionary<string, ProblemType> All { get; } = new Dictionary<string, ProblemType>
    {
        [EdgeRefusals.BadRequest] = new(400, "The request is malformed."),
        [EdgeRefusals.ForeignAddress] = new(403, "The request does not come from this machine."),
        [EdgeRefusals.ForeignHost] = new(403, "The Host header is not a name of this machine."),
        [EdgeRefusals.ForwardedNotAllowed] = new(403, "Forwarded requests are not allowed."),
        [EdgeRefusals.ForeignOrigin] = new(403, "The request comes from another origin."),
        [EdgeRefusals.InvalidDaprToken] = new(401, "The Dapr app token is missing or wrong."),
        [EdgeRefusals.Unauthenticated] = new(401, "Who calls is not known."),
        [EdgeRefusals.InvalidToken] = new(401, "The token is invalid."),
        [EdgeRefusals.AddressRateLimited] = new(429, "Too many requests of unknown callers.", RetryAfterSeconds: 5),
        [EdgeRefusals.InsufficientScope] = new(403, "The caller may not do this."),
        [EdgeRefusals.UserIdMissing] = new(400, "The path names no user."),
        [EdgeRefusals.InvalidUserId] = new(400, "The user id is invalid."),
        [EdgeRefusals.NotFound] = new(404, "Not found."),
        [EdgeRefusals.MethodNotAllowed] = new(405, "Not for this method."),
        [EdgeRefusals.PreconditionFailed] = new(412, "A precondition does not hold."),
        [EdgeRefusals.UpgradeRequired] = new(426, "The path is a WebSocket."),
        [EdgeRefusals.TooManySockets] = new(429, "Too many sockets and event streams.", RetryAfterSeconds: 5),
        [EdgeRefusals.UnsupportedMediaType] = new(415, "The body must be JSON."),
        [EdgeRefusals.InvalidIdempotencyKey] = new(400, "The Idempotency-Key is invalid."),
        [EdgeRefusals.BodyTooLarge] = new(413, "The body is too large."),
        [EdgeRefusals.RequestTimeout] = new(408, "The request came too slowly."),
        [EdgeRefusals.InvalidJson] = new(400, "The body is not valid JSON."),
        [EdgeRefusals.InvalidRequest] = new(400, "The request is invalid."),
        [EdgeRefusals.InvalidBefore] = new(400, "The parameter before is invalid."),
        [EdgeRefusals.InvalidAfter] = new(400, "The parameter after is invalid."),
        [EdgeRefusals.InvalidLastEventId] = new(400, "The Last-Event-ID is invalid."),
        [EdgeRefusals.InvalidWait] = new(400, "The parameter wait is invalid."),
        [EdgeRefusals.InvalidFrame] = new(400, "The frame is invalid."),
        [EdgeRefusals.TooManyCalls] = new(429, "Too many calls at a time.", RetryAfterSeconds: 1),
        [EdgeRefusals.ToolTimedOut] = new(504, "The tool took too long."),
        [EdgeRefusals.InvalidRequestState] = new(400, "The requestState is invalid."),
        [EdgeRefusals.InputRequired] = new(400, "The call needs an answer."),
        [EdgeRefusals.NotReady] = new(503, "The service is not ready.", RetryAfterSeconds: 1),
        [EdgeRefusals.AgentUnavailable] = new(503, "The agent cannot be reached.", RetryAfterSeconds: 5),
        [EdgeRefusals.AgentFailed] = new(503, "The agent failed.", RetryAfterSeconds: 5),
        [EdgeRefusals.InternalError] = new(500, "The service failed."),
        // AgentMesh.Contracts, AgentRefusals
        ["agent_quarantined"] = new(503, "The agent is quarantined."),
        ["encryption_key_missing"] = new(503, "The agent's records cannot be opened."),
        ["agent_erasing"] = new(409, "The agent is being erased."),
        ["agent_restoring"] = new(409, "The agent is being restored."),
        ["agent_exists"] = new(409, "The agent has been used."),
        ["invalid_export"] = new(400, "The export cannot be restored."),
        ["session_not_found"] = new(404, "No such session."),
        ["turn_not_found"] = new(404, "No such turn."),
        ["task_not_found"] = new(404, "No such task."),
        ["wallet_unavailable"] = new(503, "The agent's wallet cannot be made."),
        ["wallet_not_found"] = new(404, "The agent has no wallet."),
        ["wallet_key_missing"] = new(503, "A master key is missing."),
        ["wallet_damaged"] = new(503, "The wallet's key does not open."),
        ["wallet_signing_failed"] = new(502, "The wallet's provider did not sign."),
        ["not_for_sale"] = new(404, "Not for sale."),
        ["invalid_tool_call"] = new(400, "The tool cannot be called so."),
        ["summary_not_found"] = new(404, "No such summary."),
        ["schedule_not_found"] = new(404, "No such schedule."),
        ["idempotency_key_reused"] = new(409, "The Idempotency-Key was used with another body."),
        ["too_many_idempotency_keys"] = new(429, "Too many idempotency keys.", RetryAfterSeconds: 60),
        ["invalid_content"] = new(400, "The content is invalid."),
        ["invalid_if_busy"] = new(400, "The policy ifBusy is invalid."),
        ["rate_limited"] = new(429, "Too many messages."),
        ["turn_running"] = new(409, "A turn of the session is running."),
        ["too_many_turns"] = new(429, "Too many turns are under way.", RetryAfterSeconds: 5),
        ["task_input_too_large"] = new(413, "Too much for a task."),
        ["too_many_tasks"] = new(429, "Too many tasks.", RetryAfterSeconds: 60),
        ["turn_failed"] = new(502, "The turn failed."),
        ["turn_canceled"] = new(409, "The turn was canceled."),
        ["turn_timed_out"] = new(504, "The turn took too long."),
        ["invalid_limit"] = new(400, "The parameter limit is invalid."),
        ["default_session_fixed"] = new(409, "The default session is fixed."),
        ["too_many_sessions"] = new(409, "Too many sessions."),
        ["invalid_metadata"] = new(400, "The metadata is invalid."),
        ["invalid_ttl"] = new(400, "The time to live is invalid."),
        ["invalid_cursor"] = new(400, "The parameter cursor is invalid."),
        ["invalid_search"] = new(400, "The parameter q is invalid."),
        ["invalid_profile"] = new(400, "The profile is invalid."),
        ["invalid_schedule"] = new(400, "The schedule is invalid."),
        ["too_many_schedules"] = new(409, "Too many schedules."),
        ["invalid_budget"] = new(400, "The budget is invalid."),
        ["too_many_holds"] = new(429, "Too many holds.", RetryAfterSeconds: 5),
        ["budget_no_limit"] = new(403, "The budget has no limit for it."),
        ["budget_locked"] = new(403, "The budget is locked."),
        ["budget_exceeded"] = new(403, "The budget does not have enough."),
        // AgentMesh.Contracts, MailCodes
        ["mail_not_found"] = new(404, "No such message."),
        ["mail_not_dead"] = new(409, "The message is not dead."),
        ["mail_not_open"] = new(409, "The message is not under way."),
        ["mail_is_answered"] = new(409, "The message is being answered."),
        ["invalid_recipient"] = new(400, "The recipient is invalid."),
        ["invalid_mail"] = new(400, "The message is invalid."),
        ["invalid_mail_policy"] = new(400, "The mail policy is invalid."),
        ["mail_not_allowed"] = new(403, "The recipient does not take the message."),
        ["mail_too_many_hops"] = new(409, "The message has come by too many agents."),
        ["mail_expired"] = new(410, "The message's deadline is over."),
        ["mail_outdated"] = new(409, "The recipient knows newer messages of the sender."),
        ["mail_rate_limited"] = new(429, "Too many messages to agents."),
        ["outbox_full"] = new(429, "Too many messages are under way.", RetryAfterSeconds: 60),
        ["mailbox_full"] = new(503, "The recipient has no room."),
        ["recipient_unreached"] = new(503, "The recipient was not reached."),
        // AgentMesh.Contracts, PolicyRefusals
        ["invalid_policy"] = new(400, "The policy is invalid."),
        ["policy_denied"] = new(403, "The policy denies the payment."),
        ["too_many_approvals"] = new(429, "Too many approvals wait for a decision.", RetryAfterSeconds: 60),
        ["approval_required"] = new(403, "The payment needs an approval."),
        ["approval_not_found"] = new(404, "No such approval."),
        ["approval_decided"] = new(409, "The approval is decided."),
        // AgentMesh.Contracts, TopicCodes
        ["invalid_topic"] = new(400, "The name of the topic is invalid."),
        ["topic_not_joined"] = new(403, "The agent has not joined the topic."),
        ["too_many_topics"] = new(409, "Too many topics."),
        ["topic_full"] = new(409, "The topic is full."),
        // AgentMesh.Contracts, ApiKeyCodes
        ["invalid_api_key_request"] = new(400, "The API key that was asked for is invalid."),
        ["api_key_not_found"] = new(404, "No such API key."),
        ["api_key_id_taken"] = new(409, "Another API key has the id."),
        ["too_many_api_keys"] = new(409, "Too many API keys."),
        // AgentMesh.Contracts, TicketCodes
        ["too_many_tickets"] = new(429, "Too many tickets.", RetryAfterSeconds: 10),
        // AgentMesh.Contracts, AuditCodes
        ["too_many_admin_actions"] = new(429, "Too many admin actions are under way.", RetryAfterSeconds: 60),
        ["audit_unavailable"] = new(503, "The action could not be noted.", RetryAfterSeconds: 5),
        // AgentMesh.Contracts, QuotaRefusals
        ["too_many_agents"] = new(409, "Too many agents."),
        ["tenant_storage_full"] = new(507, "The tenant's storage is full."),
        // AgentMesh.Contracts, SpendingRefusals
        ["tenant_unknown"] = new(503, "Whether the tenant may spend is not known.", RetryAfterSeconds: 1),
        ["tenant_frozen"] = new(403, "The tenant is frozen."),
        ["agent_frozen"] = new(403, "The agent is frozen."),
        ["too_many_leases"] = new(503, "Too many processes spend for the tenant.", RetryAfterSeconds: 10),
        ["lease_ended"] = new(409, "The lease has ended."),
        ["invalid_reason"] = new(400, "The reason is invalid."),
        // AgentMesh.Contracts, PaymentRefusals
        ["payment_quarantined"] = new(503, "The payment is quarantined."),
        ["payment_not_found"] = new(404, "No such payment."),
        ["invalid_purchase"] = new(400, "The purchase is invalid."),
        ["invalid_payment_identifier"] = new(400, "The payment identifier is invalid."),
        ["payment_identifier_reused"] = new(409, "The payment identifier was used for another request."),
        ["payment_superseded"] = new(402, "Another payment was made for the same."),
        ["payment_reused"] = new(409, "The payment was used before."),
        ["facilitator_unavailable"] = new(503, "The payment could not be verified.", RetryAfterSeconds: 5),
        ["payment_unknown"] = new(503, "Whether the payment was settled is not known.", RetryAfterSeconds: 10),
        ["payment_pending"] = new(503, "The payment is under way.", RetryAfterSeconds: 2),
        ["execution_timed_out"] = new(504, "The paid work took too long."),
        ["payment_not_settled"] = new(502, "The payment was not settled."),
        // AgentMesh.Contracts, PurchaseCodes
        ["purchase_not_found"] = new(404, "No such purchase."),
        ["purchase_lost"] = new(409, "Another run has the purchase."),
        ["too_many_purchases"] = new(429, "Too many purchases.", RetryAfterSeconds: 60),
        ["url_not_allowed"] = new(400, "The URL may not be called."),
        ["url_unreachable"] = new(502, "The server was not reached."),
        ["url_timed_out"] = new(504, "The server took too long."),
        ["url_answer_unusable"] = new(502, "The server's answer cannot be used."),
        ["payment_not_possible"] = new(502, "The server wants a payment that is not made."),
        ["payment_not_signed"] = new(503, "The payment was not signed."),
        ["paid_without_answer"] = new(502, "The money has moved, and there is no answer."),
        ["purchase_pending"] = new(503, "The purchase is under way.", RetryAfterSeconds: 5),
        ["purchase_answer_gone"] = new(410, "The answer is not kept any more."),
        ["purchase_failed"] = new(503, "The purchase never came to an end."),
        ["authorization_expired"] = new(402, "The authorization has expired."),
        ["authorization_canceled"] = new(402, "The authorization was canceled."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The row of a code.</summary>
    public static ProblemType Of(string code) => All.GetValueOrDefault(code) ?? Unknown;
}
