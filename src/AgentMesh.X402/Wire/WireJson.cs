using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>The JSON of everything that crosses the wire. Numbers are no strings and strings no numbers; a name that is there twice is refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = X402Limits.MaxJsonDepth)]
[JsonSerializable(typeof(PaymentRequiredV1))]
[JsonSerializable(typeof(PaymentRequiredV2))]
[JsonSerializable(typeof(PaymentPayloadV1))]
[JsonSerializable(typeof(PaymentPayloadV2))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(VerifyResponse))]
[JsonSerializable(typeof(SettleRequest))]
[JsonSerializable(typeof(SettleResponse))]
[JsonSerializable(typeof(SupportedResponse))]
[JsonSerializable(typeof(ExactEvmPayloadJson))]
[JsonSerializable(typeof(TokenDomainJson))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(string))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>As JavaScript writes it: nothing is escaped that JSON does not demand. None of it is ever put into HTML.</summary>
    public static WireJson Wire => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>payload</c> of <c>exact</c> on EVM by EIP-3009. Read by hand (ExactEvmPayload), for its reasons.</summary>
internal sealed record ExactEvmPayloadJson(string Signature, AuthorizationJson Authorization);

/// <summary>The authorization of EIP-3009: numbers in decimal digits, bytes in hex.</summary>
internal sealed record AuthorizationJson(string From, string To, string Value, string ValidAfter, string ValidBefore, string Nonce);

/// <summary><c>extra</c> of <c>exact</c> on EVM: the domain of the token.</summary>
internal sealed record TokenDomainJson(string Name, string Version);
