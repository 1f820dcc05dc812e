using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.CrashTesting;

/// <summary>What a crash test does, and where.</summary>
/// <param name="Scenarios">Names, in order.</param>
/// <param name="Time">How long each is under load.</param>
/// <param name="Seed">Decides what is done and what is broken.</param>
/// <param name="Own">How a mesh of its own is started; null: there is one.</param>
/// <param name="Foreign">The mesh that there is; null: it starts one.</param>
/// <param name="ModelUrl">An OpenAI-compatible endpoint for what needs a model; null: a stand-in of its own.</param>
/// <param name="Model">The name of the model there.</param>
internal sealed record CrashOptions(IReadOnlyList<string> Scenarios, TimeSpan Time, ulong Seed, OwnMeshOptions? Own, ForeignMeshOptions? Foreign, Uri? ModelUrl, string? Model);

/// <summary>How a mesh of its own is started.</summary>
/// <param name="Launcher">The launcher's assembly.</param>
/// <param name="Root">The folder that it is started in.</param>
/// <param name="RunFile">The run file; null: the launcher's default.</param>
/// <param name="Replicas">Processes of the agents and of the gateway.</param>
/// <param name="OnRedis">On a Redis of its own in place of the embedded store.</param>
/// <param name="ClockJumps">The clock of its processes jumps.</param>
/// <param name="Settings">Of the apps, <c>KEY=VALUE</c>.</param>
internal sealed record OwnMeshOptions(string Launcher, string Root, string? RunFile, int Replicas, bool OnRedis, bool ClockJumps, IReadOnlyList<string> Settings);

/// <summary>A mesh that there is.</summary>
/// <param name="Place">Its gateway, and in whose name it is asked.</param>
/// <param name="Kill">What is run in a shell when something is to be killed, with the role behind it; null: only connections are broken.</param>
internal sealed record ForeignMeshOptions(GatewayPlace Place, string? Kill);
