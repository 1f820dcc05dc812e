using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>
/// An API key as its holder has it: <c>amk_{id}_{secret}_{tenant}</c>, id and secret in base32. The tenant stands last because its grammar has the
/// underscore too. Who holds this object holds the secret, so nothing but <see cref="Reveal"/> and <see cref="Secret"/> gives it away: no log, no JSON.
/// </summary>
public sealed class ApiKeyText
{
    /// <summary>What every key begins with, so that scanners of leaked secrets know one.</summary>
    public const string Start = "amk_";

    /// <summary>Random bytes of a secret. So many that nobody guesses one, and that its hash need not be slow.</summary>
    public const int SecretBytes = 32;

    /// <summary>Random bytes that a key is made of: those of the id, then those of the secret.</summary>
    public const int RandomBytes = ApiKeyId.Bytes + SecretBytes;

    /// <summary>Characters of the longest key.</summary>
    public const int MaxLength = TenantAt + IdGrammar.MaxLength;

    private const int SecretLength = 52;
    // 4 is the length of Start, which C# does not take for a constant.
    private const int SecretAt = 4 + ApiKeyId.Length + 1;
    private const int TenantAt = SecretAt + SecretLength + 1;

    private readonly byte[] _secret;

    private ApiKeyText(TenantId tenant, ApiKeyId id, byte[] secret)
    {
        Tenant = tenant;
        Id = id;
        _secret = secret;
    }

    /// <summary>Whose key.</summary>
    public TenantId Tenant { get; }

    /// <summary>Which key.</summary>
    public ApiKeyId Id { get; }

    /// <summary>The secret. A span, so that no serializer and no log takes it along.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Makes a key.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="random"><see cref="RandomBytes"/> of a <see cref="System.Security.Cryptography.RandomNumberGenerator"/>, for this key alone.</param>
    public static ApiKeyText Make(TenantId tenant, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomBytes);
        return new ApiKeyText(tenant, ApiKeyId.Of(random[..ApiKeyId.Bytes]), random[ApiKeyId.Bytes..].ToArray());
    }

    /// <summary>Reads a key; false for any text that <see cref="Reveal"/> does not write. Nothing is trimmed or folded.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        key = null;
        var secret = new byte[SecretBytes];
        if (text is null
            || text.Length is <= TenantAt or > MaxLength
            || !text.StartsWith(Start, StringComparison.Ordinal)
            || text[SecretAt - 1] != '_'
            || text[TenantAt - 1] != '_'
            || !ApiKeyId.TryParse(text[Start.Length..(SecretAt - 1)], out var id)
            || !Base32.TryDecode(text.AsSpan(SecretAt, SecretLength), secret)
            || !TenantId.TryParse(text[TenantAt..], out var tenant))
        {
            return false;
        }

        key = new ApiKeyText(tenant, id, secret);
        return true;
    }

    /// <summary>The whole key, for its holder's eyes only, once.</summary>
    public string Reveal() => $"{Id.Prefix}_{Base32.Encode(_secret)}_{Tenant}";

    /// <summary>What the key begins with, without its secret.</summary>
    public override string ToString() => Id.Prefix;
}
