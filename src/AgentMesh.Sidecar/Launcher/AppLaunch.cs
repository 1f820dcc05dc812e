using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>One process to run.</summary>
/// <param name="App">Its app in the run file.</param>
/// <param name="Definition">What its sidecar knows of it.</param>
/// <param name="Environment">All of its environment.</param>
internal sealed record AppLaunch(RunFileApp App, AppDefinition Definition, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>For messages: the app id, with the number of the replica where there are several.</summary>
    public string Name => Definition.Replica == 0 ? Definition.AppId : $"{Definition.AppId}#{Definition.Replica + 1}";

    /// <summary>Whether the app listens, and so can be asked for its health.</summary>
    public bool Listens => App.AppPort is not null;

    /// <summary>Whether the app may hold actors, which are drained before it stops.</summary>
    public bool MayHostActors => Definition.ActorStateStore is not null;

    /// <summary>Where the app answers.</summary>
    public string Address => $"http://{Definition.ChannelAddress}:{Definition.AppPort}";
}
