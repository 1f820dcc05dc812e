using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Agents.Purchases;

/// <summary>What is to be bought.</summary>
/// <param name="RequestId">The gateway's id of the request: its own retries are the same request.</param>
/// <param name="HasKey">The caller may ask for the same again, by its key.</param>
/// <param name="Url">What is called.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="ContentType">Of the body; null: none is said.</param>
/// <param name="BodyHash">SHA-256 of the body, 64 lower case hex digits; null: there is no body.</param>
/// <param name="MaxAmount">The most that may be paid: atomic units of the asset, decimal digits.</param>
/// <param name="Asset">What may be paid with, CAIP-19.</param>
/// <param name="Session">The session it is bought in; null: none.</param>
/// <param name="Tool">The tool it is bought by; null: none.</param>
/// <param name="Turn">The turn it is bought in, which may ask for it again while it is open; null: in none.</param>
public sealed record PurchaseRequest(
    string RequestId, bool HasKey, string Url, string Method, string? ContentType, string? BodyHash, string MaxAmount, string Asset, string? Session, string? Tool,
    string? Turn)
{
    /// <summary>Tells a repeat from another request: 64 lower case hex digits.</summary>
    public string CalculateFingerprint()
    {
        var text = new StringBuilder();
        // With lengths, so that no two requests have one text.
        foreach (var part in (string?[])[Url, Method, ContentType, BodyHash, MaxAmount, Asset, Session, Tool])
            text.Append(part is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
