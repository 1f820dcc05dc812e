using System.Globalization;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The environment of child processes.</summary>
internal static class AppEnvironment
{
    // Set by `dotnet run` and MSBuild for the process they start; a build that inherits them takes the wrong SDK or project.
    private static readonly string[] OfAnotherBuild = ["MSBUILD", "DOTNET_CLI_CONTEXT_", "DOTNET_CLI_TELEMETRY_SESSIONID", "DOTNET_LAUNCH_PROFILE"];

    /// <summary>What an app sees. Later ones win: ours, the run file's, <c>--set</c>, and last what the sidecar decides.</summary>
    public static Dictionary<string, string> ForApp(
        IReadOnlyDictionary<string, string> ours,
        RunFileApp app,
        IReadOnlyDictionary<string, string> set,
        ProcessPorts ports,
        ApiTokens tokens)
    {
        var environment = new Dictionary<string, string>(ours, StringComparer.Ordinal);
        // An endpoint left over from another Dapr would win over the ports in the SDK.
        environment.Remove("DAPR_HTTP_ENDPOINT");
        environment.Remove("DAPR_GRPC_ENDPOINT");
        foreach (var (name, value) in app.Environment) environment[name] = value;
        foreach (var (name, value) in set) environment[name] = value;

        environment["APP_ID"] = app.AppId;
        environment["APP_CHANNEL_ADDRESS"] = app.ChannelAddress;
        environment["APP_PROTOCOL"] = app.Protocol;
        environment["DAPR_HTTP_PORT"] = ports.DaprHttp.ToString(CultureInfo.InvariantCulture);
        environment["DAPR_GRPC_PORT"] = ports.DaprGrpc.ToString(CultureInfo.InvariantCulture);
        environment["DAPR_METRICS_PORT"] = ports.Metrics.ToString(CultureInfo.InvariantCulture);
        if (tokens.Dapr is not null) environment[ApiTokens.DaprVariable] = tokens.Dapr;
        if (tokens.App is not null) environment[ApiTokens.AppVariable] = tokens.App;
        if (ports.App is { } port) environment["APP_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        else environment.Remove("APP_PORT");
        return environment;
    }

    /// <summary>What an app's own sidecar process sees: ours, as with the Dapr CLI, and what the command line says of all sidecars.</summary>
    public static Dictionary<string, string> ForDaprd(IReadOnlyDictionary<string, string> ours, ApiTokens tokens, RunOptions options)
    {
        var environment = new Dictionary<string, string>(ours, StringComparer.Ordinal);
        foreach (var (name, value) in ((string, string?)[])
        [
            (ApiTokens.DaprVariable, tokens.Dapr), (ApiTokens.AppVariable, tokens.App), (Daprd.DaprdRun.RedisVariable, options.Redis),
            (Daprd.DaprdRun.CompatVariable, options.Compat116 ? "1.16" : null), (Daprd.DaprdRun.FidelityVariable, options.DaprdStateFidelity ? "daprd" : null),
        ])
        {
            if (value is not null) environment[name] = value;
        }

        return environment;
    }

    /// <summary>What <c>dotnet build</c> sees.</summary>
    public static Dictionary<string, string> ForBuild(IReadOnlyDictionary<string, string> ours) =>
        ours.Where(variable => !OfAnotherBuild.Any(prefix => variable.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal);

    /// <summary>Our own environment, as it was given to us.</summary>
    public static Dictionary<string, string> Ours()
    {
        var ours = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
        OwnHeap.TakeOut(ours);
        return ours;
    }
}
