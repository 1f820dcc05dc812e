namespace AgentMesh.Gateway.Identity;

/// <summary>How callers prove who they are.</summary>
internal sealed class AuthOptions
{
    public const string Section = "AgentMesh:Auth";

    /// <summary>The local caller is owner and admin of everything; loopback only.</summary>
    public const string Development = "Development";

    /// <summary>Keys that admins give out.</summary>
    public const string ApiKeyMode = "ApiKey";

    /// <summary>Tokens of an issuer.</summary>
    public const string JwtMode = "Jwt";

    /// <summary><c>AgentMesh__Auth__Mode</c>. Unset means <see cref="Development"/> in the Development environment and nothing elsewhere.</summary>
    public string? Mode { get; set; }

    /// <summary>
    /// <c>AgentMesh__Auth__BootstrapKey</c>, with <see cref="ApiKeyMode"/>: the operator's key, with which the first others are made. To be set from a secret.
    /// Default none: keys that exist are taken, and nobody is admin of every tenant.
    /// </summary>
    public string? BootstrapKey { get; set; }

    /// <summary><c>AgentMesh__Auth__Jwt__…</c>, with <see cref="JwtMode"/>.</summary>
    public JwtOptions Jwt { get; set; } = new();

    /// <summary>True when nobody but this machine may call.</summary>
    public bool IsDevelopment => Mode is null or Development;
}

/// <summary>Whose tokens are taken, and what of them is read.</summary>
internal sealed class JwtOptions
{
    /// <summary>An OpenID Connect issuer, whose keys are read from its discovery document; https, or of this machine. This or <see cref="JwksFile"/>.</summary>
    public string? Authority { get; set; }

    /// <summary>A file with the issuer's public keys, a JSON Web Key Set; read again when it changes.</summary>
    public string? JwksFile { get; set; }

    /// <summary>The <c>iss</c> of every token. Default with an authority: what its discovery document says.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> that every token has to name: this service.</summary>
    public string? Audience { get; set; }

    /// <summary>Signature algorithms, with commas between. Default <c>RS256,PS256,ES256</c>. Asymmetric ones only: a public key must not make tokens.</summary>
    public string Algorithms { get; set; } = "RS256,PS256,ES256";

    /// <summary>The claim that is the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The tenant of tokens without that claim. Default none: such tokens are refused.</summary>
    public string? Tenant { get; set; }

    /// <summary>The claim that is the user. Default <c>sub</c>.</summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>The scope that a token needs for its user's own agent. Default <c>agentmesh</c>.</summary>
    public string UserScope { get; set; } = "agentmesh";

    /// <summary>The scope of a tenant's admins. Default <c>agentmesh.admin</c>.</summary>
    public string AdminScope { get; set; } = "agentmesh.admin";

    /// <summary>The scope of operators, who are admins of every tenant. Default <c>agentmesh.operator</c>.</summary>
    public string OperatorScope { get; set; } = "agentmesh.operator";

    /// <summary>The algorithms one by one.</summary>
    public string[] ListAlgorithms() => Algorithms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
