using System.Text;
using AgentMesh.Evm.Eip712;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Eip712;

/// <summary>The example of https://eips.ethereum.org/EIPS/eip-712 and of its test, assets/eip-712/Example.js.</summary>
public sealed class EtherMailTests
{
    private const string Json = """
        {
          "types": {
            "EIP712Domain": [
              {"name": "name", "type": "string"}, {"name": "version", "type": "string"},
              {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}
            ],
            "Person": [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}],
            "Mail": [{"name": "from", "type": "Person"}, {"name": "to", "type": "Person"}, {"name": "contents", "type": "string"}]
          },
          "primaryType": "Mail",
          "domain": {"name": "Ether Mail", "version": "1", "chainId": 1, "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
          "message": {
            "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
            "contents": "Hello, Bob!"
          }
        }
        """;

    // The example of eth_signTypedData_v4, https://github.com/MetaMask/eth-sig-util/blob/main/src/sign-typed-data.test.ts
    private const string ArraysJson = """
        {
          "types": {
            "EIP712Domain": [
              {"name": "name", "type": "string"}, {"name": "version", "type": "string"},
              {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}
            ],
            "Person": [{"name": "name", "type": "string"}, {"name": "wallets", "type": "address[]"}],
            "Mail": [{"name": "from", "type": "Person"}, {"name": "to", "type": "Person[]"}, {"name": "contents", "type": "string"}],
            "Group": [{"name": "name", "type": "string"}, {"name": "members", "type": "Person[]"}]
          },
          "domain": {"name": "Ether Mail", "version": "1", "chainId": 1, "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
          "primaryType": "Mail",
          "message": {
            "from": {"name": "Cow", "wallets": ["0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF"]},
            "to": [{"name": "Bob", "wallets": [
              "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", "0xB0BdaBea57B0BDABeA57b0bdABEA57b0BDabEa57", "0xB0B0b0b0b0b0B000000000000000000000000000"
            ]}],
            "contents": "Hello, Bob!"
          }
        }
        """;

    private const string Signature = "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c";

    [Fact]
    public void Json_HasTheHashesOfTheExample() => AssertExample(TypedData.Read(Json).Value!);

    [Fact]
    public void Values_HaveTheHashesOfTheExample()
    {
        var types = new Dictionary<string, IReadOnlyList<MemberDescription>>
        {
            ["Mail"] = [new("from", "Person"), new("to", "Person"), new("contents", "string")],
            ["Person"] = [new("name", "string"), new("wallet", "address")],
        };
        var domain = new TypedDataDomain("Ether Mail", "1", 1UL, EvmAddress.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));
        var message = new Dictionary<string, object?>
        {
            ["from"] = new Dictionary<string, object?> { ["name"] = "Cow", ["wallet"] = EvmAddress.Parse("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826") },
            ["to"] = new Dictionary<string, object?> { ["name"] = "Bob", ["wallet"] = "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
            ["contents"] = "Hello, Bob!",
        };
        AssertExample(TypedData.Create(types, "Mail", domain, message).Value!);
    }

    [Fact]
    public void Key_OfCow_SignsAsInTheExample()
    {
        using var key = EvmKey.FromBytes(Keccak256.CalculateHash("cow"u8).ToArray());
        Assert.Equal("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", key.Address.ToString());
        var digest = TypedData.Read(Json).Value!.Digest;
        Assert.Equal(Signature, key.Sign(digest).ToHex());
        Assert.Equal(key.Address, EcRecover.RecoverAddress(digest, EvmSignature.Read(Signature).Value).Value);
    }

    [Fact]
    public void Arrays_AreSignedAsInTheExampleOfVersion4()
    {
        var data = TypedData.Read(ArraysJson).Value!;
        Assert.Equal("Mail(Person from,Person[] to,string contents)Person(string name,address[] wallets)", data.EncodedType);
        Assert.Equal("0xa85c2e2b118698e88db68a8105b794a8cc7cec074e89ef991cb4f5f533819cc2", data.Digest.ToString());
        using var key = EvmKey.FromBytes(Keccak256.CalculateHash("cow"u8).ToArray());
        Assert.Equal(
            "0x65cbd956f2fae28a601bebc9b906cea0191744bd4c4247bcd27cd08f8eb6b71c78efdf7a31dc9abee78f492292721f362d296cf86b4538e07b51303b67f749061b",
            key.Sign(data.Digest).ToHex());
    }

    private static void AssertExample(TypedData data)
    {
        Assert.Equal("Mail", data.PrimaryType);
        Assert.Equal("Mail(Person from,Person to,string contents)Person(string name,address wallet)", data.EncodedType);
        Assert.Equal("0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2", Keccak256.CalculateHash(Encoding.ASCII.GetBytes(data.EncodedType)).ToString());
        Assert.Equal("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", data.DomainSeparator.ToString());
        Assert.Equal("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", data.StructHash.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", data.Digest.ToString());
    }
}
