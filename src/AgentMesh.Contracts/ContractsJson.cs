using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Contracts;

/// <summary>Source-generated JSON of every record that crosses between gateway and agents: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostMessage))]
[JsonSerializable(typeof(GetHistory))]
[JsonSerializable(typeof(CreateSession))]
[JsonSerializable(typeof(GetSession))]
[JsonSerializable(typeof(ListSessions))]
[JsonSerializable(typeof(UpdateSession))]
[JsonSerializable(typeof(DeleteSession))]
[JsonSerializable(typeof(Reply<Session>))]
[JsonSerializable(typeof(Reply<SessionList>))]
[JsonSerializable(typeof(Reply<SessionDeletion>))]
[JsonSerializable(typeof(Reply<PostedMessage>))]
[JsonSerializable(typeof(Reply<AgentInfo>))]
[JsonSerializable(typeof(Reply<HistoryPage>))]
public sealed partial class ContractsJson : JsonSerializerContext;
