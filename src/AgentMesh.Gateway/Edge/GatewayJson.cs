using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Admin;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Buying;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Gateway.Mail;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Gateway.Owner;
using AgentMesh.Gateway.Payments;
using AgentMesh.Gateway.Policies;
using AgentMesh.Gateway.Restoring;
using AgentMesh.Gateway.Schedules;
using AgentMesh.Gateway.Topics;
using AgentMesh.Gateway.Turns;

namespace AgentMesh.Gateway.Edge;

/// <summary>Source-generated JSON of everything the gateway reads and writes: camelCase, nulls written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ApiKeyRequest))]
[JsonSerializable(typeof(ApiKeyResponse))]
[JsonSerializable(typeof(AgentsResponse))]
[JsonSerializable(typeof(ApiKeysResponse))]
[JsonSerializable(typeof(AuditResponse))]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(MessageOutput))]
[JsonSerializable(typeof(TaskResult))]
[JsonSerializable(typeof(TurnAnswer))]
[JsonSerializable(typeof(AcceptedTurn))]
[JsonSerializable(typeof(TurnResponse))]
[JsonSerializable(typeof(InfoResponse))]
[JsonSerializable(typeof(BudgetRequest))]
[JsonSerializable(typeof(BudgetResponse))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(ProfileRequest))]
[JsonSerializable(typeof(ProtectedResourceResponse))]
[JsonSerializable(typeof(ProfileResponse))]
[JsonSerializable(typeof(EraseReceipt))]
[JsonSerializable(typeof(ExportedAgent))]
[JsonSerializable(typeof(ExportedBudget))]
[JsonSerializable(typeof(ExportedSession))]
[JsonSerializable(typeof(ExportedSummary))]
[JsonSerializable(typeof(ExportedMessage))]
[JsonSerializable(typeof(ExportedSchedule))]
[JsonSerializable(typeof(ExportedEvent))]
[JsonSerializable(typeof(ExportedPayment))]
[JsonSerializable(typeof(ExportEnd))]
[JsonSerializable(typeof(ExportedTopic))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionResponse))]
[JsonSerializable(typeof(SessionListResponse))]
[JsonSerializable(typeof(SummaryResponse))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(IDictionary<string, JsonElement>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ScheduleRequest))]
[JsonSerializable(typeof(ScheduleResponse))]
[JsonSerializable(typeof(ScheduleListResponse))]
[JsonSerializable(typeof(TopicMessageRequest))]
[JsonSerializable(typeof(TopicMessageResponse))]
[JsonSerializable(typeof(TopicResponse))]
[JsonSerializable(typeof(TopicListResponse))]
[JsonSerializable(typeof(RotateWalletsResponse))]
[JsonSerializable(typeof(FreezeRequest))]
[JsonSerializable(typeof(AgentFreezeResponse))]
[JsonSerializable(typeof(QuarantinedAgentsResponse))]
[JsonSerializable(typeof(ReleasedAgentResponse))]
[JsonSerializable(typeof(RestoreReceipt))]
[JsonSerializable(typeof(TenantBudgetRequest))]
[JsonSerializable(typeof(TenantBudgetResponse))]
[JsonSerializable(typeof(TenantResponse))]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(PayResponse))]
[JsonSerializable(typeof(PaymentResponse))]
[JsonSerializable(typeof(PaymentListResponse))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(PolicyResponse))]
[JsonSerializable(typeof(EvaluatePolicyRequest))]
[JsonSerializable(typeof(EvaluatePolicyResponse))]
[JsonSerializable(typeof(DecideApprovalRequest))]
[JsonSerializable(typeof(ApprovalResponse))]
[JsonSerializable(typeof(ApprovalListResponse))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(SendResponse))]
[JsonSerializable(typeof(InboxResponse))]
[JsonSerializable(typeof(OutboxResponse))]
[JsonSerializable(typeof(MailPolicyRequest))]
[JsonSerializable(typeof(MailPolicyResponse))]
[JsonSerializable(typeof(ExportedReceivedMail))]
[JsonSerializable(typeof(ExportedSentMail))]
[JsonSerializable(typeof(ExportedMailPolicy))]
[JsonSerializable(typeof(ExportedPolicy))]
[JsonSerializable(typeof(ExportedApproval))]
[JsonSerializable(typeof(TicketResponse))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>For answers. Relaxed: they are JSON with nosniff, never HTML, and people read them with curl.</summary>
    public static GatewayJson Answers { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>For results of MCP that the SDK does not have: what is null is left out, as it leaves it out.</summary>
    public static GatewayJson McpResults { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });
}

/// <summary>How request bodies are read: exact names, no member twice, few levels. Unknown members are ignored.</summary>
internal static class RequestJson
{
    /// <summary>Levels of nesting.</summary>
    public const int MaxDepth = 32;

    /// <summary>For requests.</summary>
    public static GatewayJson Requests { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = MaxDepth,
        // Which of two equal members counts differs between readers; a proxy's filter and we must not disagree.
        AllowDuplicateProperties = false,
    });
}
