using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>Reads Resiliency resources (dapr: pkg/apis/resiliency/v1alpha1). A broken one is skipped with a warning.</summary>
internal static class ResiliencyFile
{
    private const string BuiltInServiceRetries = "DaprBuiltInServiceRetries";

    /// <summary>All of the folders.</summary>
    public static IReadOnlyList<ResiliencyResource> ReadFolders(IEnumerable<string> folders, ICollection<string> warnings)
    {
        var resources = new List<ResiliencyResource>();
        foreach (var document in YamlDocuments.OfKind(folders, "Resiliency"))
        {
            try
            {
                resources.Add(Read(document, warnings));
            }
            catch (LauncherException broken)
            {
                warnings.Add($"{broken.Message}; this document is skipped");
            }
        }

        return resources;
    }

    private static ResiliencyResource Read(YamlSection document, ICollection<string> warnings)
    {
        var name = document.Section("metadata")?.Text("name") ?? throw document.Error("metadata", "has no name");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var policies = spec.Section("policies");
        var timeouts = policies?.Map("timeouts").ToDictionary(entry => entry.Key, entry => Duration(policies, "timeouts", entry.Value)) ?? [];
        var retries = Named(policies, "retries", ReadRetry);
        var breakers = Named(policies, "circuitBreakers", section => ReadBreaker(section, warnings));
        var targets = spec.Section("targets");
        if (targets?.Section("actors") is { } actors)
            warnings.Add($"{actors.Position}: resiliency of actors is not served by the local sidecar");
        var components = targets?.Section("components");
        return new ResiliencyResource(name)
        {
            Scopes = document.Texts("scopes") ?? [],
            Apps = Named(targets, "apps", ReadTarget),
            Inbound = Direction("inbound"),
            Outbound = Direction("outbound"),
            ServiceRetries = retries.GetValueOrDefault(BuiltInServiceRetries),
        };

        TargetPolicy ReadTarget(YamlSection target) => new(
            target.Text("timeout") is { } timeout ? timeouts.TryGetValue(timeout, out var span) ? span : throw Unknown(target, "timeout", timeout) : null,
            target.Text("retry") is { } retry ? retries.GetValueOrDefault(retry) ?? throw Unknown(target, "retry", retry) : null,
            target.Text("circuitBreaker") is { } breaker ? breakers.GetValueOrDefault(breaker) ?? throw Unknown(target, "circuitBreaker", breaker) : null);

        Dictionary<string, TargetPolicy> Direction(string direction) =>
            Named(components, direction, ReadTarget, target => target.Section(direction));
    }

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
                section.Text("duration") is { } duration ? Duration(section, "duration", duration) : TimeSpan.FromSeconds(5),
                section.Text("maxInterval") is { } interval ? Duration(section, "maxInterval", interval) : TimeSpan.FromSeconds(60),
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
            section.Text("interval") is { } interval ? Duration(section, "interval", interval) : TimeSpan.Zero,
            section.Text("timeout") is { } timeout ? Duration(section, "timeout", timeout) : TimeSpan.FromSeconds(60),
            trip);
    }

    private static Dictionary<string, T> Named<T>(
        YamlSection? owner, string member, Func<YamlSection, T> read, Func<YamlSection, YamlSection?>? part = null)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        var section = part is null ? owner?.Section(member) : owner;
        foreach (var name in section?.Names ?? [])
        {
            var value = section!.Section(name);
            if (part is not null && value is not null)
                value = part(value);
            if (value is not null)
                named[name] = read(value);
        }

        return named;
    }

    private static TimeSpan Duration(YamlSection section, string name, string text) =>
        GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero ? duration : throw section.Error(name, $"must be a duration such as 5s, not '{text}'");

    private static LauncherException Unknown(YamlSection target, string name, string policy) => target.Error(name, $"names the policy '{policy}', which is not there");
}
