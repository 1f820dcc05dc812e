namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>What a payment was used for. A signature covers none of this, and its bytes are public once it was settled: only the same use is a repeat.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Resource">The URL that was paid for.</param>
/// <param name="BodyHash">SHA-256 of the request's body, 64 lower case hex digits.</param>
/// <param name="Caller">Who asked, where the app knows callers: another one does not get the answer. Null: anybody.</param>
/// <param name="Fingerprint">Of the payment's bytes.</param>
public sealed record PaymentUse(string Method, string Resource, string BodyHash, string? Caller, string Fingerprint);
