using AgentMesh.Primitives;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>What can be seen of a URL before anybody is asked for its host.</summary>
public static class OutgoingUrl
{
    /// <summary>Characters of a URL.</summary>
    public const int MaxLength = 2048;

    /// <summary>
    /// Reads a URL; refused with <see cref="OutgoingRefusals.UrlNotAllowed"/>. Any port may be called: what must not be reached is known by its address,
    /// and services on the public internet have all ports.
    /// </summary>
    /// <param name="text">The URL, a stranger's or a model's.</param>
    public static Result<Uri> Parse(string? text)
    {
        if (text is null || text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return OutgoingRefusals.NotAllowed($"url must be an absolute URL of at most {MaxLength} ASCII characters.");
        }

        return Check(url);
    }

    /// <summary>Reads where a redirect leads.</summary>
    public static Result<Uri> Follow(Uri from, Uri to)
    {
        var url = to.IsAbsoluteUri ? to : new Uri(from, to);
        if (url.OriginalString.Length > MaxLength)
            return OutgoingRefusals.NotAllowed("The server redirects to a URL that is too long.");
        return from.Scheme == Uri.UriSchemeHttps && url.Scheme == Uri.UriSchemeHttp
            ? OutgoingRefusals.NotAllowed("The server redirects from https to http.")
            : Check(url);
    }

    private static Result<Uri> Check(Uri url)
    {
        if (url.Scheme is not ("http" or "https"))
            return OutgoingRefusals.NotAllowed("Only http and https are called.");
        if (url.UserInfo.Length > 0)
            return OutgoingRefusals.NotAllowed("A URL with a user name or a password is not called.");
        return IsHost(url) ? url : OutgoingRefusals.NotAllowed("The host is neither a name nor an address.");
    }

    /// <summary>
    /// An address in any other writing (0x7f.1, 2130706433) Uri has made into the usual one; what it has not is some resolver's to guess. A redirect may
    /// name a host that has no ASCII form.
    /// </summary>
    private static bool IsHost(Uri url) =>
        url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
        || url.HostNameType == UriHostNameType.Dns && UriHost.AsciiForm(url) is { } host && !LooksLikeAddress(host);

    /// <summary>A host whose last label is a number is an address to every browser (URL standard, "ends in a number").</summary>
    private static bool LooksLikeAddress(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.Length > 0 && (!last.AsSpan().ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase));
    }
}
