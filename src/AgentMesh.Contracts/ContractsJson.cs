using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Contracts;

/// <summary>Source-generated JSON of every record that crosses between gateway and agents: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostMessage))]
[JsonSerializable(typeof(GetHistory))]
[JsonSerializable(typeof(ReadEvents))]
[JsonSerializable(typeof(GetTurn))]
[JsonSerializable(typeof(CancelTurn))]
[JsonSerializable(typeof(TurnRunId))]
[JsonSerializable(typeof(CompleteTurn))]
[JsonSerializable(typeof(FailTurn))]
[JsonSerializable(typeof(AgentProfile))]
[JsonSerializable(typeof(GetPage))]
[JsonSerializable(typeof(EraseAgent))]
[JsonSerializable(typeof(CreateSession))]
[JsonSerializable(typeof(GetSession))]
[JsonSerializable(typeof(ListSessions))]
[JsonSerializable(typeof(UpdateSession))]
[JsonSerializable(typeof(DeleteSession))]
[JsonSerializable(typeof(CreateSchedule))]
[JsonSerializable(typeof(DeleteSchedule))]
[JsonSerializable(typeof(Reply<Schedule>))]
[JsonSerializable(typeof(Reply<ScheduleList>))]
[JsonSerializable(typeof(Reply<Session>))]
[JsonSerializable(typeof(Reply<SessionList>))]
[JsonSerializable(typeof(Reply<SessionDeletion>))]
[JsonSerializable(typeof(Reply<PostedMessage>))]
[JsonSerializable(typeof(Reply<AgentInfo>))]
[JsonSerializable(typeof(Reply<HistoryPage>))]
[JsonSerializable(typeof(Reply<EventPage>))]
[JsonSerializable(typeof(Reply<Turn>))]
[JsonSerializable(typeof(Reply<AgentProfile>))]
[JsonSerializable(typeof(Reply<StoredPage>))]
[JsonSerializable(typeof(Reply<Erasure>))]
[JsonSerializable(typeof(Reply<TurnContext>))]
[JsonSerializable(typeof(Reply<TurnRunId>))]
[JsonSerializable(typeof(Announcement))]
public sealed partial class ContractsJson : JsonSerializerContext;
