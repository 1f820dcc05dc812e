namespace AgentMesh.Cli.Benching;

/// <summary>What a benchmark does. It ends with its time or its messages, whichever comes first.</summary>
/// <param name="Users">Agents, all of them its own.</param>
/// <param name="Connections">Messages at a time.</param>
/// <param name="Messages">At most so many.</param>
/// <param name="Time">At most so long; null: until the messages are sent.</param>
internal sealed record BenchOptions(int Users, int Connections, int Messages, TimeSpan? Time);
