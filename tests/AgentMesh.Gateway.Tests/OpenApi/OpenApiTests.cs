using System.Text.RegularExpressions;
using AgentMesh.Gateway.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>The committed document is what the endpoints say, and says it so that others can read it.</summary>
public sealed partial class OpenApiTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private IEnumerable<RouteEndpoint> Endpoints => fixture.Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void CommittedDocument_IsWhatTheEndpointsSay()
    {
        var written = DocumentWriter.Write(Endpoints);
        if (written == CommittedDocument.Text)
            return;
        var received = Path.ChangeExtension(CommittedDocument.Path, ".received.json");
        File.WriteAllText(received, written);
        Assert.Fail($"docs/openapi.json is not what the endpoints say. If it should be: mv {received} {CommittedDocument.Path}");
    }

    [Fact]
    public async Task Gateway_ServesTheCommittedDocument_AndSaysWhenItIsKnown()
    {
        using var client = fixture.Gateway.Client();
        using var response = await client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(CommittedDocument.Text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var known = await client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, known.StatusCode);
        using var other = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json") { Headers = { { "If-Match", "\"another\"" } } };
        using var refused = await client.SendAsync(other, TestContext.Current.CancellationToken);
        await refused.IsProblemAsync(412, "precondition_failed");
    }

    [Fact]
    public void EveryRoute_IsInTheDocument_OrNamedAsLeftOut()
    {
        var written = CommittedDocument.Paths.EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(member => member.Name != "servers").Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}"));
        var routes = Endpoints.SelectMany(DocumentWriter.RoutesOf).Select(route => $"{route.Method} {route.Path}").Distinct();
        Assert.Equal(
            routes.Order(StringComparer.Ordinal),
            written.Select(route => route.Replace("oauth-protected-resource/agent/{userId}/mcp", "oauth-protected-resource/{**resource}", StringComparison.Ordinal))
                .Concat(DocumentWriter.Left).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_IsReadWithoutErrors()
    {
        var result = OpenApiDocument.Parse(CommittedDocument.Text, OpenApiConstants.Json);
        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        Assert.Empty(result.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public void EveryExample_IsOfARouteThatThereIs()
    {
        var file = Path.Combine(Path.GetDirectoryName(CommittedDocument.Path)!, "../src/AgentMesh.Gateway/AgentMesh.Gateway.http");
        var examples = Example().Matches(File.ReadAllText(file));
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.True(
            DocumentWriter.Left.Contains(example.Value.Replace("{{gateway}}", "", StringComparison.Ordinal))
                || CommittedDocument.Find(example.Groups["method"].Value, example.Groups["path"].Value) is not null,
            example.Value));
    }

    [GeneratedRegex(@"^(?<method>[A-Z]+) \{\{gateway\}\}(/t/[^/\s]+)?(?<path>[^?\s]*)", RegexOptions.Multiline)]
    private static partial Regex Example();

    /// <summary>A member that is read and not described would be one that nobody sends.</summary>
    [Fact]
    public void EveryMemberOfABody_IsDescribed()
    {
        foreach (var endpoint in Endpoints)
        {
            var operation = new Operation();
            endpoint.Metadata.GetMetadata<Description>()?.More(operation);
            if (operation.Request is { Whole: null } body)
                Assert.Equal(RecordSchemas.MembersOf(body.Type).Order(StringComparer.Ordinal), body.All.Select(member => member.Name).Order(StringComparer.Ordinal));
        }
    }
}
