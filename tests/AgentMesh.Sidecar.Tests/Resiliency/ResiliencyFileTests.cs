using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Resiliency;

public sealed class ResiliencyFileTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly List<string> _warnings = [];

    [Fact]
    public void Targets_HaveThePoliciesTheyName()
    {
        var resource = Assert.Single(Read("""
              policies:
                timeouts: { fast: 500ms }
                retries:
                  twice: { policy: constant, duration: 2s, maxRetries: 2, matching: { httpStatusCodes: "429,500-599" } }
                  grow: { policy: exponential, maxInterval: 15s, maxRetries: 10 }
                  DaprBuiltInServiceRetries: { maxRetries: 7, duration: 1s }
                circuitBreakers:
                  simple: { maxRequests: 2, interval: 8s, timeout: 45s, trip: consecutiveFailures > 8 }
              targets:
                apps:
                  agents: { timeout: fast, retry: twice, circuitBreaker: simple }
                components:
                  pubsub:
                    inbound: { retry: grow }
                    outbound: { timeout: fast }
                  statestore:
                    outbound: { retry: twice }
            scopes: [gateway]
            """));
        Assert.Empty(_warnings);
        Assert.Equal(["gateway"], resource.Scopes);
        var agents = resource.Apps["agents"];
        Assert.Equal((TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), 2), (agents.Timeout, agents.Retry!.Duration, agents.Retry.MaxRetries));
        Assert.Equal((2, 8, 45), (agents.Breaker!.MaxRequests, agents.Breaker.Interval.TotalSeconds, agents.Breaker.Timeout.TotalSeconds));
        Assert.Equal([false, true], ((double[])[8, 9]).Select(failures => agents.Breaker.Trip!.Evaluate(name => name == "consecutiveFailures" ? failures : null)!.Value));
        Assert.True(agents.Retry.HttpStatusCodes!.Contains(429) && agents.Retry.HttpStatusCodes.Contains(599) && !agents.Retry.HttpStatusCodes.Contains(430));
        Assert.Equal(["pubsub"], resource.Inbound.Keys);
        Assert.True(resource.Inbound["pubsub"].Retry is { IsExponential: true, MaxRetries: 10, MaxInterval.TotalSeconds: 15 });
        Assert.Equal(["pubsub", "statestore"], resource.Outbound.Keys);
        Assert.Equal(7, resource.ServiceRetries!.MaxRetries);
    }

    [Theory]
    [InlineData("  targets: { apps: { a: { retry: none } } }", "names the policy 'none'")]
    [InlineData("  policies: { retries: { r: { policy: linear } } }", "must be constant or exponential")]
    [InlineData("  policies: { retries: { r: { duration: soon } } }", "must be a duration")]
    [InlineData("  policies: { timeouts: { t: -1s } }", "must be a duration")]
    [InlineData("  policies: { retries: { r: { matching: { httpStatusCodes: \"99\" } } } }", "'99' is no status code")]
    public void Broken_IsSkippedWithAWarning(string spec, string expected)
    {
        Assert.Empty(Read(spec));
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Unserved_IsAWarning()
    {
        Assert.Single(Read("  policies: { circuitBreakers: { b: { trip: requests % 2 == 0 } } }\n  targets: { actors: { T: { timeout: x } } }"));
        Assert.Equal(2, _warnings.Count);
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<ResiliencyResource> Read(string spec)
    {
        _folder.Write("r.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{ name: r }}\nspec:\n{spec}\n");
        return new ResourceFolders(new Dictionary<string, string>(), "default", _folder.Path, _warnings).Read([_folder.Path]).Resiliency;
    }
}
