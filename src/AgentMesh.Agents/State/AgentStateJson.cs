using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.State;

/// <summary>
/// JSON of every stored record. Strict: a missing or null member is damage, not a default. Use it by <see cref="AddTo"/>,
/// which also reads older versions.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(IsoTimeConverter)])]
[JsonSerializable(typeof(AgentHead))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(IdempotencyBucket))]
[JsonSerializable(typeof(SessionIndex))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(EventLogPage))]
[JsonSerializable(typeof(TurnTable))]
[JsonSerializable(typeof(ProfileRecord))]
public sealed partial class AgentStateJson : JsonSerializerContext
{
    /// <summary>Makes options read and write stored records, whatever their own conventions are.</summary>
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new VersionedConverter<AgentHead>(
            StateVersions.AgentHead, StateVersions.AgentHeadUpcasters, Default.AgentHead));
        options.Converters.Add(new VersionedConverter<MessagePage>(
            StateVersions.MessagePage, StateVersions.MessagePageUpcasters, Default.MessagePage));
        options.Converters.Add(new VersionedConverter<IdempotencyBucket>(
            StateVersions.IdempotencyBucket, StateVersions.IdempotencyBucketUpcasters, Default.IdempotencyBucket));
        options.Converters.Add(new VersionedConverter<SessionIndex>(
            StateVersions.SessionIndex, StateVersions.SessionIndexUpcasters, Default.SessionIndex));
        options.Converters.Add(new VersionedConverter<SessionRecord>(
            StateVersions.SessionRecord, StateVersions.SessionRecordUpcasters, Default.SessionRecord));
        options.Converters.Add(new VersionedConverter<EventLogPage>(
            StateVersions.EventLogPage, StateVersions.EventLogPageUpcasters, Default.EventLogPage));
        options.Converters.Add(new VersionedConverter<TurnTable>(
            StateVersions.TurnTable, StateVersions.TurnTableUpcasters, Default.TurnTable));
        options.Converters.Add(new VersionedConverter<ProfileRecord>(
            StateVersions.ProfileRecord, StateVersions.ProfileRecordUpcasters, Default.ProfileRecord));
    }
}
