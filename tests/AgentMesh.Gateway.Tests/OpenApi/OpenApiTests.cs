using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentMesh.Gateway.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>The committed document is what the endpoints say, and says it so that others can read it.</summary>
public sealed class OpenApiTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string Committed = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/openapi.json"));

    private IEnumerable<RouteEndpoint> Endpoints => fixture.Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void CommittedDocument_IsWhatTheEndpointsSay()
    {
        var written = DocumentWriter.Write(Endpoints);
        if (written == File.ReadAllText(Committed))
            return;
        var received = Path.ChangeExtension(Committed, ".received.json");
        File.WriteAllText(received, written);
        Assert.Fail($"docs/openapi.json is not what the endpoints say. If it should be: mv {received} {Committed}");
    }

    [Fact]
    public async Task Gateway_ServesTheCommittedDocument_AndSaysWhenItIsKnown()
    {
        using var client = fixture.Gateway.Client();
        using var response = await client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(await File.ReadAllTextAsync(Committed, TestContext.Current.CancellationToken), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var known = await client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public void EveryRoute_IsInTheDocument_OrNamedAsLeftOut()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Committed));
        var written = document.RootElement.GetProperty("paths").EnumerateObject()
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
        var result = OpenApiDocument.Parse(File.ReadAllText(Committed), OpenApiConstants.Json);
        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        Assert.Empty(result.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic.SpecificationVersion);
    }

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

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
