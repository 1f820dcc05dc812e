using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Cli.Agents;
using AgentMesh.Cli.ApiKeys;
using AgentMesh.Cli.Auditing;
using AgentMesh.Cli.Benching;
using AgentMesh.Cli.Budgets;
using AgentMesh.Cli.Buying;
using AgentMesh.Cli.Chatting;
using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Mail;
using AgentMesh.Cli.Watching;
using AgentMesh.Primitives.Stored;

namespace AgentMesh.Cli;

/// <summary>The JSON of this program: what it sends, what it stores, what <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FaucetOrder))]
[JsonSerializable(typeof(FaucetGift))]
[JsonSerializable(typeof(UnfinishedPayment))]
[JsonSerializable(typeof(PayDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(KeyOrder))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(KeyPart))]
[JsonSerializable(typeof(KeyListDocument))]
[JsonSerializable(typeof(InfoDocument))]
[JsonSerializable(typeof(AgentListDocument))]
[JsonSerializable(typeof(QuarantineDocument))]
[JsonSerializable(typeof(ReleaseDocument))]
[JsonSerializable(typeof(RestoreDocument))]
[JsonSerializable(typeof(BudgetDocument))]
[JsonSerializable(typeof(BudgetOrder))]
[JsonSerializable(typeof(MailOrder))]
[JsonSerializable(typeof(SentDocument))]
[JsonSerializable(typeof(LogEndDocument))]
[JsonSerializable(typeof(MessageOrder))]
[JsonSerializable(typeof(DeltaDocument))]
[JsonSerializable(typeof(AnswerDocument))]
[JsonSerializable(typeof(TurnErrorDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(BenchDocument))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private const int UnfinishedPaymentVersion = 1;

    /// <summary>As a server or a script reads it. Not escaped for HTML: it is shown to people.</summary>
    public static CliJson Wire => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>As payments are stored: with a version, so that a later build reads them too.</summary>
    public static JsonSerializerOptions Stored => field ??= new(Default.Options)
    {
        Converters = { new VersionedConverter<UnfinishedPayment>(UnfinishedPaymentVersion, [], Default.UnfinishedPayment) },
    };
}
