using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Cli.Buying;

/// <summary>What is requested, and paid for if need be.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Url">Absolute, without a fragment.</param>
/// <param name="Body">JSON; null: none.</param>
internal sealed record PayRequest(string Method, Uri Url, byte[]? Body)
{
    /// <summary>Bytes of a body at most: what our gateway takes, and what is kept to be sent again.</summary>
    public const int MaxBodyBytes = 1_048_576;

    /// <summary>The same for the same request, 64 hex digits: what its unfinished payment is found by.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            // Neither a method nor a URL has a line end, so that no two requests have one text.
            hash.AppendData(Encoding.UTF8.GetBytes($"{Method}\n{Url.AbsoluteUri}\n"));
            hash.AppendData(Body ?? []);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The request as it is sent, each time anew.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), Url);
        if (Body is null)
            return message;
        message.Content = new ByteArrayContent(Body);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return message;
    }
}
