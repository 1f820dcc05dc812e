namespace AgentMesh.Agents.Purchases;

/// <summary>
/// What was agreed on and is signed for. Together with what the seller wrote it makes the payment, the same however often it is made: there is one
/// authorization for a purchase, and one nonce.
/// </summary>
/// <param name="PaymentId">The payment, and its hold: 64 lower case hex digits.</param>
/// <param name="Url">Who asked to be paid: where the payment goes, after redirects.</param>
/// <param name="Method">The method there.</param>
/// <param name="HasBody">The body goes along.</param>
/// <param name="RequiredHeader">What the seller wrote, the text of <c>PAYMENT-REQUIRED</c>; null: it is the body.</param>
/// <param name="RequiredBody">What the seller wrote, the body of the 402; null: it is the header.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Token">The token's address.</param>
/// <param name="Decimals">Digits behind the point of one unit of the token.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Payee">Who is paid.</param>
/// <param name="ValidAfter">Unix seconds, decimal digits.</param>
/// <param name="ValidBefore">When nobody can execute the authorization any more.</param>
/// <param name="Nonce">The authorization's, 0x and 64 hex digits.</param>
public sealed record PurchaseTerms(
    string PaymentId, string Url, string Method, bool HasBody, string? RequiredHeader, string? RequiredBody, string Network, string Token, int Decimals,
    string Amount, string Payer, string Payee, string ValidAfter, DateTimeOffset ValidBefore, string Nonce);

/// <summary>A payment as it is sent, byte for byte, until it is over. It is money until then.</summary>
/// <param name="HeaderName">The header it goes into.</param>
/// <param name="HeaderValue">The text of the header.</param>
public sealed record PurchasePayment(string HeaderName, string HeaderValue)
{
    /// <summary>The name, never the payment.</summary>
    public override string ToString() => HeaderName;
}

/// <summary>What the server answered. Its body is a record of its own.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">Of the body; null: none was said.</param>
/// <param name="Bytes">How long the body is.</param>
public sealed record PurchaseAnswer(int Status, string? ContentType, int Bytes);

/// <summary>Why nothing was bought, or the outcome is not known.</summary>
/// <param name="Code">A refusal code.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Data">What else a client is told, a JSON object; null: nothing.</param>
public sealed record PurchaseReason(string Code, string Detail, string? Data = null);
