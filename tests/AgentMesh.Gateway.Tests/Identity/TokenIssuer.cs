using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>An issuer of tokens with one key, whose public half is in a file.</summary>
internal sealed class TokenIssuer : IDisposable
{
    public const string Issuer = "https://issuer.example.org/";
    public const string Audience = "agentmesh-test";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _path = Path.GetTempFileName();

    public TokenIssuer()
    {
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(_key) { KeyId = "k1" });
        PublicKey = JsonSerializer.Serialize(new { keys = new[] { new { kty = "EC", crv = key.Crv, x = key.X, y = key.Y, kid = "k1" } } });
        File.WriteAllText(_path, PublicKey);
    }

    /// <summary>The key set, as it stands in the file.</summary>
    public string PublicKey { get; }

    /// <summary>Settings of a gateway that takes this issuer's tokens.</summary>
    public KeyValuePair<string, string>[] Settings =>
    [
        new("AgentMesh:Auth:Mode", "Jwt"), new("AgentMesh:Auth:Jwt:JwksFile", _path), new("AgentMesh:Auth:Jwt:Issuer", Issuer), new("AgentMesh:Auth:Jwt:Audience", Audience),
    ];

    /// <summary>A token; what is not said is as it should be, of alice of the default tenant.</summary>
    public string Token(
        string subject = "alice", string? tenant = "default", string? scope = "agentmesh", string audience = Audience, string issuer = Issuer,
        TimeSpan? expires = null, TimeSpan? notBefore = null, ECDsa? key = null, string keyId = "k1", IDictionary<string, object>? more = null)
    {
        var claims = new Dictionary<string, object>(more ?? new Dictionary<string, object>()) { ["sub"] = subject };
        if (tenant is not null)
            claims["tenant"] = tenant;
        if (scope is not null)
            claims["scope"] = scope;
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            Issuer = issuer,
            Claims = claims,
            Expires = now + (expires ?? TimeSpan.FromMinutes(5)),
            NotBefore = notBefore is { } start ? now + start : null,
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key ?? _key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>A token that nobody has signed.</summary>
    public static string Unsigned() => $"{Part("""{"alg":"none","typ":"JWT"}""")}.{Payload()}.";

    /// <summary>A token signed with the bytes of the public key, which is no secret.</summary>
    public string SignedWithPublicKey()
    {
        var text = $"{Part("""{"alg":"HS256","typ":"JWT","kid":"k1"}""")}.{Payload()}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(PublicKey), Encoding.UTF8.GetBytes(text)))}";
    }

    public void Dispose()
    {
        _key.Dispose();
        File.Delete(_path);
    }

    private static string Payload() => Part(JsonSerializer.Serialize(new
    {
        sub = "alice",
        tenant = "default",
        scope = "agentmesh agentmesh.admin",
        aud = Audience,
        iss = Issuer,
        exp = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds(),
    }));

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
