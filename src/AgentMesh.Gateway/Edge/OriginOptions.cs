using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>Which web pages may call, beside the gateway's own.</summary>
internal sealed class OriginOptions
{
    public const string Section = "AgentMesh:Cors";

    /// <summary><c>AgentMesh__Cors__Origins</c>: origins such as <c>https://app.example.org</c>, separated by commas. Default: none.</summary>
    public string Origins { get; set; } = "";

    /// <summary>The origins one by one.</summary>
    public string[] List() => Origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Refuses what would never match or would match everybody.</summary>
internal sealed class OriginOptionsValidator : IValidateOptions<OriginOptions>
{
    public ValidateOptionsResult Validate(string? name, OriginOptions options)
    {
        var bad = Array.Find(options.List(), origin => !IsOrigin(origin));
        return bad is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"AgentMesh__Cors__Origins holds '{bad}', which is not an origin: scheme://host[:port], lower case, no path, no wildcard.");
    }

    // An origin as browsers write it (RFC 6454, 6.2): the text must survive being parsed and written again.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority) == text
        && uri.UserInfo.Length == 0
        && !text.Contains('*', StringComparison.Ordinal);
}

/// <summary>The validated list.</summary>
internal sealed class AllowedOrigins(IOptions<OriginOptions> options)
{
    private readonly string[] _origins = options.Value.List();

    public bool Contains(string origin) => Array.IndexOf(_origins, origin) >= 0;
}
