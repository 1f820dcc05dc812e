using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>Reads Resiliency resources (dapr: pkg/apis/resiliency/v1alpha1).</summary>
internal static class ResiliencyFile
{
    private const string BuiltInServiceRetries = "DaprBuiltInServiceRetries";

    public static ResiliencyResource Read(YamlSection document, ICollection<string> warnings)
    {
        var name = document.Section("metadata")?.Text("name") ?? throw document.Error("metadata", "has no name");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var (policies, targets) = (spec.Section("policies"), spec.Section("targets"));
        var timeouts = policies?.Section("timeouts");
        var retries = Named(policies?.Section("retries")).ToDictionary(entry => entry.Name, entry => ReadRetry(entry.Section));
        var breakers = Named(policies?.Section("circuitBreakers")).ToDictionary(entry => entry.Name, entry => ReadBreaker(entry.Section, warnings));
        foreach (var timeout in timeouts?.Names ?? [])
            timeouts!.Duration(timeout);
        if (targets?.Section("actors") is { } actors)
            warnings.Add($"{actors.Position}: resiliency of actors is not served by the local sidecar");
        return new ResiliencyResource(name)
        {
            Scopes = document.Texts("scopes") ?? [],
            Apps = Named(targets?.Section("apps")).ToDictionary(entry => entry.Name, entry => ReadTarget(entry.Section)),
            Inbound = Direction("inbound"),
            Outbound = Direction("outbound"),
            ServiceRetries = retries.GetValueOrDefault(BuiltInServiceRetries),
        };

        TargetPolicy ReadTarget(YamlSection target) => new(
            Policy(target, "timeout", timeout => timeouts?.Duration(timeout)),
            Policy(target, "retry", retries.GetValueOrDefault),
            Policy(target, "circuitBreaker", breakers.GetValueOrDefault));

        Dictionary<string, TargetPolicy> Direction(string direction) => Named(targets?.Section("components"))
            .Where(entry => entry.Section.Section(direction) is not null)
            .ToDictionary(entry => entry.Name, entry => ReadTarget(entry.Section.Section(direction)!));
    }

    private static T? Policy<T>(YamlSection target, string member, Func<string, T?> find) => target.Text(member) is not { } name
        ? default
        : find(name) ?? throw target.Error(member, $"names the policy '{name}', which is not there");

    private static RetryPolicy ReadRetry(YamlSection section)
    {
        var kind = section.Text("policy");
        if (kind is not (null or "constant" or "exponential"))
            throw section.Error("policy", $"must be constant or exponential, not '{kind}'");
        var statuses = section.Section("matching")?.Text("httpStatusCodes");
        try
        {
            return new RetryPolicy(
                kind == "exponential",
                section.Duration("duration") ?? TimeSpan.FromSeconds(5),
                section.Duration("maxInterval") ?? TimeSpan.FromSeconds(60),
                Math.Max(-1, section.Integer("maxRetries") ?? -1),
                statuses is null ? null : StatusCodeSet.Parse(statuses));
        }
        catch (FormatException wrong)
        {
            throw section.Error("matching", wrong.Message);
        }
    }

    private static BreakerPolicy ReadBreaker(YamlSection section, ICollection<string> warnings)
    {
        MatchExpression? trip = null;
        if (section.Text("trip") is { } text)
        {
            try
            {
                trip = MatchExpression.Parse(text, CircuitBreaker.Variables);
            }
            catch (FormatException unread)
            {
                warnings.Add($"{section.Position}: the trip '{text}' is not served by the local sidecar, consecutiveFailures > 5 is used: {unread.Message}");
            }
        }

        return new BreakerPolicy(
            Math.Max(1, section.Integer("maxRequests") ?? 1),
            section.Duration("interval") ?? TimeSpan.Zero,
            section.Duration("timeout") ?? TimeSpan.FromSeconds(60),
            trip);
    }

    private static IEnumerable<(string Name, YamlSection Section)> Named(YamlSection? owner) =>
        from name in owner?.Names ?? []
        let section = owner!.Section(name)
        where section is not null
        select (name, section);
}
