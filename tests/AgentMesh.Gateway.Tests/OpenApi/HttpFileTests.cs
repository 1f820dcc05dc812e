using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>The requests of <c>AgentMesh.Gateway.http</c> are those of the OpenAPI document, and each of its operations can be tried there.</summary>
public sealed partial class HttpFileTests
{
    private static readonly string Gateway = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(CommittedDocument.Path)!, "../src/AgentMesh.Gateway/AgentMesh.Gateway.http"));

    private static readonly IReadOnlyList<HttpRequestLine> Requests = Read(File.ReadAllText(Gateway));

    public static TheoryData<string, string> Titles => new(Requests.Select(request => (request.Title, request.Target)));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Request_IsOneOfTheDocument(string title, string target)
    {
        var request = Assert.Single(Requests, one => (one.Title, one.Target) == (title, target));
        var uri = new Uri(request.Target);
        // Probes are for who runs the process, and no part of the API.
        if (uri.AbsolutePath == "/readyz")
            return;
        var found = CommittedDocument.Find(request.Method, uri.AbsolutePath);
        if (found is not { } operation)
        {
            Assert.Fail($"The document has no {request.Method} {uri.AbsolutePath}.");
            return;
        }

        var known = operation.Operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "query").Select(one => one.GetProperty("name").GetString()).ToArray()
            : [];
        Assert.Empty(QueryHelpers.ParseQuery(uri.Query).Keys.Except(known));
        var isTaken = operation.Operation.TryGetProperty("requestBody", out var taken);
        Assert.True(isTaken || request.Body.Length == 0 || request.IsSocket, "The operation takes no body.");
        if (!isTaken || (request.Body.Length == 0 && !taken.GetProperty("required").GetBoolean()))
            return;
        Assert.Equal(Assert.Single(taken.GetProperty("content").EnumerateObject()).Name, request.ContentType);
        // What is no JSON has no form in the document.
        if (request.ContentType != "application/json")
            return;
        var body = JsonElement.Parse(request.Body);
        Assert.Null(CommittedDocument.WhyInvalid($"{operation.Pointer}/requestBody/content/application~1json/schema", body));
        // The schemas leave room for members that a newer client sends; here each has to mean something.
        if (CommittedDocument.MembersOf(taken) is { } members)
            Assert.Empty(body.EnumerateObject().Select(member => member.Name).Except(members));
    }

    [Fact]
    public void EveryOperation_HasARequest()
    {
        var tried = Requests.Select(request => CommittedDocument.Find(request.Method, new Uri(request.Target).AbsolutePath)?.Pointer).ToHashSet();
        var operations = from path in CommittedDocument.Paths.EnumerateObject()
                         from operation in path.Value.EnumerateObject()
                         where operation.Name is "get" or "put" or "post" or "patch" or "delete"
                         select $"/paths/{CommittedDocument.Escape(path.Name)}/{operation.Name}";
        Assert.Empty(operations.Except(tried));
    }

    private static List<HttpRequestLine> Read(string text)
    {
        var variables = Variable().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
        var requests = new List<HttpRequestLine>();
        foreach (var part in Separator().Split(text).Skip(1))
        {
            var filled = Use().Replace(part, match => variables[match.Groups[1].Value]).Trim();
            var (head, body) = filled.Split("\n\n", 2) is [var first, var second] ? (first, second) : (filled, "");
            var lines = head.Split('\n');
            var line = lines[1].Split(' ');
            var type = lines.Skip(2).Select(header => header.Split(": ", 2)).FirstOrDefault(header => header[0].Equals("Content-Type", StringComparison.OrdinalIgnoreCase));
            requests.Add(new HttpRequestLine(lines[0].Trim(), line[0] == "WEBSOCKET" ? "GET" : line[0], line[1], type?[1], body.Trim(), line[0] == "WEBSOCKET"));
        }

        Assert.NotEmpty(requests);
        return requests;
    }

    [GeneratedRegex(@"^@(\w+) *= *(.*)$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex("^### ", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Use();

    private sealed record HttpRequestLine(string Title, string Method, string Target, string? ContentType, string Body, bool IsSocket);
}
