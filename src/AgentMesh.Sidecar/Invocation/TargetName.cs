using System.Net.Http.Headers;
using System.Text;
using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>Whom a caller wants to invoke (dapr:pkg/api/http/directmessaging.go, findTargetIDAndMethod).</summary>
internal static class TargetName
{
    private const string Header = "dapr-app-id";

    /// <summary>
    /// In daprd's order: the header <c>dapr-app-id</c>, basic authentication with that as the user and the target as the password (the
    /// whole path is the method then), <c>/v1.0/invoke/{target}/method/{method}</c>. Null when none is there.
    /// </summary>
    public static (string Target, IEnumerable<string> Method)? Find(HttpRequest request, List<string> path)
    {
        if (request.Headers.TryGetValue(Header, out var named) && named is [{ Length: > 0 } target])
            return (target, path);
        if (OfBasicAuthentication(request.Headers.Authorization) is { } user)
            return (user, path);
        if (path is not ["v1.0", "invoke", _, _, ..] || path.IndexOf("method", 3) is not (> 0 and var end))
            return null;
        // A literal URL has slashes of its own, one of which is gone: empty segments are dropped.
        var text = RequestPath.Unescape(string.Join('/', path[2..end]));
        foreach (var scheme in (ReadOnlySpan<string>)["http:/", "https:/"])
        {
            if (text.StartsWith(scheme, StringComparison.Ordinal) && !text.AsSpan(scheme.Length).StartsWith("/"))
                text = text.Insert(scheme.Length, "/");
        }

        return (text, path.Skip(end + 1));
    }

    private static string? OfBasicAuthentication(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var basic) || !basic.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        var buffer = new byte[authorization!.Length];
        if (!Convert.TryFromBase64String(basic.Parameter ?? "", buffer, out var length))
            return null;
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return text.StartsWith(Header + ":", StringComparison.Ordinal) && text.Length > Header.Length + 1 ? text[(Header.Length + 1)..] : null;
    }
}
