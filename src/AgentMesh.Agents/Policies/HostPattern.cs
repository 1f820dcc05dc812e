using System.Buffers;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Policies;

/// <summary>
/// A host, or all hosts below a domain. Hosts are compared as they are called: IDN in its ASCII form, lower case, without a trailing dot, IP addresses
/// in their usual form, and without their port.
/// </summary>
public readonly record struct HostPattern
{
    private const string Wildcard = "*.";

    /// <summary>RFC 1035, 2.3.4: 255 octets on the wire, which is 253 characters.</summary>
    private const int LongestHost = 253;

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789abcdefx");

    /// <summary>What would make of a host something else when it is put into a URL.</summary>
    private static readonly SearchValues<char> UrlCharacters = SearchValues.Create("/\\?#@%*,;:[] \t\r\n\0");

    private readonly string? _host;

    private HostPattern(string host, bool isWildcard) => (_host, IsWildcard) = (host, isWildcard);

    /// <summary>Hosts below the domain, at any depth, and not the domain itself.</summary>
    public bool IsWildcard { get; }

    /// <summary>Reads <c>api.example.com</c> or <c>*.example.com</c>; false for anything else. A wildcard is above a domain of two labels at least.</summary>
    public static bool TryParse(string text, out HostPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isWildcard = text.StartsWith(Wildcard, StringComparison.Ordinal);
        var host = Canonical(isWildcard ? text[Wildcard.Length..] : text);
        var valid = host is not null && (!isWildcard || host.Contains('.', StringComparison.Ordinal) && !IsAddress(host));
        pattern = valid ? new HostPattern(host!, isWildcard) : default;
        return valid;
    }

    /// <summary>Whether a host of <see cref="Canonical"/> is meant.</summary>
    internal bool Matches(string host)
    {
        if (_host is null)
            return false;
        // The dot is what keeps evil-example.com out of *.example.com.
        return IsWildcard
            ? host.Length > _host.Length + 1 && host.EndsWith(_host, StringComparison.Ordinal) && host[^(_host.Length + 1)] == '.'
            : host == _host;
    }

    /// <summary>The one form of a host; null when it is none. IPv6 addresses stand in brackets.</summary>
    internal static string? Canonical(string text)
    {
        if (text.Length is 0 or > LongestHost || text.AsSpan().ContainsAny(UrlCharacters) && !IsBracketed(text))
            return null;
        // What connects reads hosts by the same class, so that no host is one thing here and another one there.
        if (!Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri) || UriHost.AsciiForm(uri)?.ToLowerInvariant() is not { } host)
            return null;
        return uri.HostNameType switch
        {
            UriHostNameType.IPv4 => host,
            UriHostNameType.IPv6 => $"[{host}]",
            UriHostNameType.Dns => Name(host.EndsWith('.') ? host[..^1] : host),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => IsWildcard ? Wildcard + _host : _host ?? "";

    private static string? Name(string host) =>
        host.Length is 0 or > LongestHost || host.Split('.').Contains("") || host.AsSpan().ContainsAnyExcept(HostCharacters) || IsAddress(host) ? null : host;

    // WHATWG URL, "ends in a number": such a host is an IPv4 address or none.
    private static bool IsAddress(string host)
    {
        var last = host.AsSpan(host.LastIndexOf('.') + 1);
        return host[0] == '[' || char.IsAsciiDigit(last[0]) && !last.ContainsAnyExcept(NumberCharacters);
    }

    private static bool IsBracketed(string text) => text is ['[', .., ']'] && !text.AsSpan(1, text.Length - 2).ContainsAnyExcept(AddressCharacters);
}
