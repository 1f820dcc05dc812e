using System.Text.Json.Serialization;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>A problem document.</summary>
/// <param name="Type">Ends with the code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="TraceId">Finds the request in the logs.</param>
/// <param name="PaymentId">Which payment.</param>
internal sealed record PaymentProblem(string Type, int Status, string Detail, string TraceId, string? PaymentId);

/// <summary>JSON of this assembly.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PaymentProblem))]
internal sealed partial class AspNetCoreJson : JsonSerializerContext;
