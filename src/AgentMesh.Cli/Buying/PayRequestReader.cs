using System.Text;
using System.Text.Json;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Buying;

/// <summary>Reads what is requested from the command line.</summary>
internal static class PayRequestReader
{
    /// <summary>Makes the request. Without a method it is POST with a body and GET without, as curl has it.</summary>
    /// <param name="url">Absolute, or a path that begins with a slash, of the gateway.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="method">Upper case; null: by the body.</param>
    /// <param name="body">The text of <c>--body</c>; null: none.</param>
    /// <param name="bodyFile">The absolute path of <c>--body-file</c>; null: none.</param>
    /// <exception cref="CliException">Something of it is wrong.</exception>
    public static PayRequest Read(string url, Uri gateway, string? method, string? body, string? bodyFile)
    {
        var bytes = body is not null ? Encoding.UTF8.GetBytes(body) : bodyFile is not null ? ReadFile(bodyFile) : null;
        if (bytes is not null)
            Check(bytes, body is not null ? "--body" : bodyFile!);
        return new PayRequest(method ?? (bytes is null ? "GET" : "POST"), Resolve(url, gateway), bytes);
    }

    private static Uri Resolve(string text, Uri gateway)
    {
        // Two slashes would name another host.
        var isPath = text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal);
        if (!Uri.TryCreate(isPath ? gateway.AbsoluteUri.TrimEnd('/') + text : text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new CliException(
                $"'{PlainText.Of(text)}' is neither an http or https URL nor a path like /agent/alice/premium/analysis of the gateway", ExitCodes.Usage);
        }

        if (url.UserInfo.Length > 0)
            throw new CliException("the URL has a user name or a password in it, which would be kept and shown", ExitCodes.Usage);
        return url.Fragment.Length > 0 ? new Uri(url.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)) : url;
    }

    private static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new CliException($"the file {path} of --body-file is not there", ExitCodes.Usage);
        if (new FileInfo(path).Length > PayRequest.MaxBodyBytes)
            throw TooLong(path);
        return File.ReadAllBytes(path);
    }

    private static void Check(byte[] body, string origin)
    {
        if (body.Length > PayRequest.MaxBodyBytes)
            throw TooLong(origin);
        try
        {
            using var json = JsonDocument.Parse(body);
        }
        catch (JsonException damage)
        {
            throw new CliException($"{origin} is not JSON: line {damage.LineNumber + 1}, byte {damage.BytePositionInLine + 1}", ExitCodes.Usage);
        }
    }

    private static CliException TooLong(string origin) => new($"{origin} is longer than {PayRequest.MaxBodyBytes} bytes", ExitCodes.Usage);
}
