<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>wgtray</name>
    <message>
        <source>%Y-%m-%d</source>
        <translation>%d.%m.%Y</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>10.66.0.10/32, from your administrator</source>
        <translation>10.66.0.10/32, von Ihrer Administration</translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation>15 Minuten</translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 Minuten</translation>
    </message>
    <message>
        <source>A pause lasts 1 to {most} minutes, not {minutes}. Nothing was changed. Disconnect instead.</source>
        <translation>Eine Pause dauert 1 bis {most} Minuten, nicht {minutes}. Nichts wurde geändert. Trennen Sie stattdessen die Verbindung.</translation>
    </message>
    <message>
        <source>A report for your administrator</source>
        <translation>Ein Bericht für Ihre Administration</translation>
    </message>
    <message>
        <source>A rule for a program</source>
        <translation>Eine Regel für ein Programm</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Add a program…</source>
        <translation>Programm hinzufügen…</translation>
    </message>
    <message>
        <source>Add a system tray to your panel. Until then "wgtray" opens the window.</source>
        <translation>Fügen Sie Ihrer Leiste einen Infobereich hinzu. Bis dahin öffnet „wgtray“ das Fenster.</translation>
    </message>
    <message>
        <source>Add rule</source>
        <translation>Regel hinzufügen</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>All programs that the service runs are installed.</source>
        <translation>Alle Programme, die der Dienst braucht, sind installiert.</translation>
    </message>
    <message>
        <source>Always through the VPN on this computer.</source>
        <translation>Auf diesem Computer immer durch das VPN.</translation>
    </message>
    <message>
        <source>An administrator did not allow you to {action}. Nothing was changed. Ask the administrator of this computer if you need it.</source>
        <translation>Die Administration hat nicht erlaubt: {action}. Nichts wurde geändert. Fragen Sie die Administration dieses Computers, wenn Sie es brauchen.</translation>
    </message>
    <message>
        <source>An administrator is being asked something of yours already, so you cannot {action} now. Nothing was changed. Answer that question, or wait until it is gone.</source>
        <translation>Zu Ihnen läuft bereits eine Frage an die Administration; jetzt nicht möglich: {action}. Nichts wurde geändert. Beantworten Sie jene Frage, oder warten Sie, bis sie verschwunden ist.</translation>
    </message>
    <message>
        <source>An app was cut off</source>
        <translation>Eine App wurde abgeschnitten</translation>
    </message>
    <message>
        <source>An update for everybody must not hold addresses or keys of one person. Nothing was changed. Tell your administrator.</source>
        <translation>Eine Aktualisierung für alle darf keine Adressen oder Schlüssel einer Person enthalten. Nichts wurde geändert. Sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>An update of your company's profile at {host} was refused: {reason}. The profile in use stays. Tell your administrator.</source>
        <translation>Eine Aktualisierung des Firmenprofils bei {host} wurde abgelehnt: {reason}. Das bisherige Profil bleibt. Sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>Another VPN runs: {names}. It may take over routes, names or the firewall.</source>
        <translation>Ein anderes VPN läuft: {names}. Es kann Routen, Namen oder die Firewall übernehmen.</translation>
    </message>
    <message>
        <source>Another file…</source>
        <translation>Andere Datei…</translation>
    </message>
    <message>
        <source>Another program uses port 53 of {address}. Company names may not be found. Stop that program.</source>
        <translation>Ein anderes Programm belegt Port 53 von {address}. Namen der Firma werden vielleicht nicht gefunden. Beenden Sie dieses Programm.</translation>
    </message>
    <message>
        <source>Answers from {answering} of {all} nodes.</source>
        <translation>Antwort von {answering} der {all} Knoten.</translation>
    </message>
    <message>
        <source>Apps</source>
        <translation>Apps</translation>
    </message>
    <message>
        <source>As the company wrote them</source>
        <translation>Wie von der Firma angegeben</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>Wie der Desktop</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>At login</source>
        <translation>Beim Anmelden</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Automatic ({node})</source>
        <translation>Automatisch ({node})</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back on {node}. Protected traffic was held back for {held}.</source>
        <translation>Wieder über {node}. Geschützter Verkehr wurde {held} zurückgehalten.</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>Schwarz</translation>
    </message>
    <message>
        <source>Blocked outside the VPN; everything goes through it while it runs.</source>
        <translation>Außerhalb des VPN gesperrt; solange es läuft, geht alles hindurch.</translation>
    </message>
    <message>
        <source>Blocked right now: nothing may go past the VPN.</source>
        <translation>Gerade gesperrt: Nichts darf am VPN vorbei.</translation>
    </message>
    <message>
        <source>Blocked right now: the VPN is not there to carry it.</source>
        <translation>Gerade gesperrt: Das VPN kann es nicht befördern.</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Nach Namen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Check this computer's internet connection. Some networks hold back UDP: try another one, such as a phone's.</source>
        <translation>Prüfen Sie die Internetverbindung dieses Computers. Manche Netze halten UDP zurück: Versuchen Sie ein anderes, etwa das eines Telefons.</translation>
    </message>
    <message>
        <source>Check this computer…</source>
        <translation>Diesen Computer prüfen…</translation>
    </message>
    <message>
        <source>Choose apps…</source>
        <translation>Apps auswählen…</translation>
    </message>
    <message>
        <source>Choose automatically</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Colour, for any panel</source>
        <translation>Farbig, für jede Leiste</translation>
    </message>
    <message>
        <source>Colour, for dark panels</source>
        <translation>Farbig, für dunkle Leisten</translation>
    </message>
    <message>
        <source>Colour, for light panels</source>
        <translation>Farbig, für helle Leisten</translation>
    </message>
    <message>
        <source>Company only</source>
        <translation>Nur Firma</translation>
    </message>
    <message>
        <source>Company systems can be reached now. wgtray stays here in the tray.</source>
        <translation>Die Systeme der Firma sind jetzt erreichbar. wgtray bleibt hier im Infobereich.</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connect this computer to your company</source>
        <translation>Diesen Computer mit Ihrer Firma verbinden</translation>
    </message>
    <message>
        <source>Connect to a network, or write a name server into /etc/resolv.conf.</source>
        <translation>Verbinden Sie sich mit einem Netz, oder tragen Sie einen Nameserver in /etc/resolv.conf ein.</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Connected again</source>
        <translation>Wieder verbunden</translation>
    </message>
    <message>
        <source>Connected to {node}</source>
        <translation>Verbunden mit {node}</translation>
    </message>
    <message>
        <source>Connected to {node}.</source>
        <translation>Verbunden mit {node}.</translation>
    </message>
    <message>
        <source>Connecting to {node}…</source>
        <translation>Verbindung mit {node}…</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindung wird aufgebaut…</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Angaben kopieren</translation>
    </message>
    <message>
        <source>Copy the public key</source>
        <translation>Öffentlichen Schlüssel kopieren</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>Disconnected.</source>
        <translation>Getrennt.</translation>
    </message>
    <message>
        <source>Drop the file here</source>
        <translation>Datei hier ablegen</translation>
    </message>
    <message>
        <source>Every node is being asked…</source>
        <translation>Alle Knoten werden gefragt…</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Everything goes through the VPN now.</source>
        <translation>Jetzt geht alles durch das VPN.</translation>
    </message>
    <message>
        <source>Everything goes through the VPN. What is listed here are your company's own networks.</source>
        <translation>Alles geht durch das VPN. Hier stehen die eigenen Netze Ihrer Firma.</translation>
    </message>
    <message>
        <source>Everything that should be protected is protected again.</source>
        <translation>Alles, was geschützt sein soll, ist wieder geschützt.</translation>
    </message>
    <message>
        <source>Find a program</source>
        <translation>Programm suchen</translation>
    </message>
    <message>
        <source>Fixed by the company</source>
        <translation>Von der Firma festgelegt</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later.</source>
        <translation>Freie Software unter der GNU Affero General Public License, Version 3 oder neuer.</translation>
    </message>
    <message>
        <source>GNOME shows no tray icons by itself, so the icon cannot be seen.</source>
        <translation>GNOME zeigt von sich aus keine Symbole im Infobereich, das Symbol ist also nicht zu sehen.</translation>
    </message>
    <message>
        <source>Held back while you are not connected, because only the tunnel is allowed: {apps}. Everything else works. Connect to use what is held back.</source>
        <translation>Zurückgehalten, solange Sie nicht verbunden sind, weil nur der Tunnel erlaubt ist: {apps}. Alles andere funktioniert. Verbinden Sie sich, um Zurückgehaltenes zu benutzen.</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>How</source>
        <translation>Wie</translation>
    </message>
    <message>
        <source>If something does not work, stop it and try again.</source>
        <translation>Wenn etwas nicht geht, beenden Sie es und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Import a profile…</source>
        <translation>Profil importieren…</translation>
    </message>
    <message>
        <source>Import and connect</source>
        <translation>Importieren und verbinden</translation>
    </message>
    <message>
        <source>Import the file from your administrator with "wgtray profile import FILE".</source>
        <translation>Importieren Sie die Datei Ihrer Administration mit „wgtray profile import FILE“.</translation>
    </message>
    <message>
        <source>Importing…</source>
        <translation>Wird importiert…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>In the office, direct</source>
        <translation>Im Büro, direkt</translation>
    </message>
    <message>
        <source>In the office: company systems are reached directly.</source>
        <translation>Im Büro: Die Systeme der Firma werden direkt erreicht.</translation>
    </message>
    <message>
        <source>Install and switch on the extension "AppIndicator and KStatusNotifierItem Support". Until then "wgtray" opens the window.</source>
        <translation>Installieren und aktivieren Sie die Erweiterung „AppIndicator and KStatusNotifierItem Support“. Bis dahin öffnet „wgtray“ das Fenster.</translation>
    </message>
    <message>
        <source>Install the package nftables.</source>
        <translation>Installieren Sie das Paket nftables.</translation>
    </message>
    <message>
        <source>Install the package of wgtray, or run it by hand with "sudo wgtray-helper run".</source>
        <translation>Installieren Sie das Paket von wgtray, oder starten Sie den Dienst von Hand mit „sudo wgtray-helper run“.</translation>
    </message>
    <message>
        <source>Install the package wireguard, or wireguard-go.</source>
        <translation>Installieren Sie das Paket wireguard oder wireguard-go.</translation>
    </message>
    <message>
        <source>Install the packages wireguard-tools, iproute2 and nftables.</source>
        <translation>Installieren Sie die Pakete wireguard-tools, iproute2 und nftables.</translation>
    </message>
    <message>
        <source>Install wgtray again.</source>
        <translation>Installieren Sie wgtray noch einmal.</translation>
    </message>
    <message>
        <source>It cannot be read in {path} whose profiles this computer takes, so it takes none. Nothing was changed. An administrator of this computer can run "sudo wgtray profile remove --company-key".</source>
        <translation>In {path} ist nicht lesbar, wessen Profile dieser Computer annimmt; darum nimmt er keine an. Nichts wurde geändert. Die Administration dieses Computers kann „sudo wgtray profile remove --company-key“ ausführen.</translation>
    </message>
    <message>
        <source>Keyring</source>
        <translation>Schlüsselbund</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Large packets do not get through to {node}, small ones do. While another node carries both, your traffic goes there. There is nothing to do: {app} keeps trying {node}.</source>
        <translation>Große Pakete kommen zu {node} nicht durch, kleine schon. Solange ein anderer Knoten beides befördert, geht Ihr Verkehr dorthin. Es ist nichts zu tun: {app} versucht es weiter mit {node}.</translation>
    </message>
    <message>
        <source>Last contact</source>
        <translation>Kontakt</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latenz</translation>
    </message>
    <message>
        <source>Latency, last 15 minutes</source>
        <translation>Latenz der letzten 15 Minuten</translation>
    </message>
    <message>
        <source>Learned addresses</source>
        <translation>Gelernte Adressen</translation>
    </message>
    <message>
        <source>Load the module tun, or let this container have the device.</source>
        <translation>Laden Sie das Modul tun, oder geben Sie diesem Container das Gerät.</translation>
    </message>
    <message>
        <source>Log in to this network…</source>
        <translation>An diesem Netz anmelden…</translation>
    </message>
    <message>
        <source>Log out and in again.</source>
        <translation>Melden Sie sich ab und wieder an.</translation>
    </message>
    <message>
        <source>Looking for the addresses of {host}…</source>
        <translation>Adressen von {host} werden gesucht…</translation>
    </message>
    <message>
        <source>Looking for wgtray's service…</source>
        <translation>Der Dienst von wgtray wird gesucht…</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Wird geprüft…</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Moved from {from} to {to}</source>
        <translation>Von {from} zu {to} gewechselt</translation>
    </message>
    <message>
        <source>Name servers are set ({resolver}).</source>
        <translation>Nameserver sind eingetragen ({resolver}).</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Nearest first</source>
        <translation>Nächster zuerst</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>Netze</translation>
    </message>
    <message>
        <source>Never through the VPN</source>
        <translation>Nie durch das VPN</translation>
    </message>
    <message>
        <source>Never through the VPN.</source>
        <translation>Nie durch das VPN.</translation>
    </message>
    <message>
        <source>No address was found for {host}, so nothing can be said about its way. Check how it is written, or ask for an address.</source>
        <translation>Für {host} wurde keine Adresse gefunden, daher lässt sich nichts über den Weg sagen. Prüfen Sie die Schreibweise, oder fragen Sie nach einer Adresse.</translation>
    </message>
    <message>
        <source>No company profile yet</source>
        <translation>Noch kein Firmenprofil</translation>
    </message>
    <message>
        <source>No login page of this network was found, so there is nothing to open. Nothing was changed. If the network has one, wait a few seconds and try again.</source>
        <translation>Eine Anmeldeseite dieses Netzes wurde nicht gefunden, es gibt also nichts zu öffnen. Nichts wurde geändert. Wenn das Netz eine hat, warten Sie ein paar Sekunden und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>No name server is set on this computer, so names of nodes cannot be found.</source>
        <translation>Auf diesem Computer ist kein Nameserver eingetragen, Namen von Knoten sind daher nicht zu finden.</translation>
    </message>
    <message>
        <source>No name server may be asked here, so names are not found. Ask your administrator to name one.</source>
        <translation>Hier darf kein Nameserver gefragt werden, daher werden Namen nicht gefunden. Bitten Sie Ihre Administration, einen zu nennen.</translation>
    </message>
    <message>
        <source>No node answers ({all} in the profile).</source>
        <translation>Kein Knoten antwortet ({all} im Profil).</translation>
    </message>
    <message>
        <source>No node answers. Company systems cannot be reached until one does. Check this computer's internet connection: {app} reconnects by itself.</source>
        <translation>Kein Knoten antwortet. Die Systeme der Firma sind so lange nicht erreichbar. Prüfen Sie die Internetverbindung dieses Computers: {app} verbindet sich von selbst wieder.</translation>
    </message>
    <message>
        <source>No node is called {node}. Nothing was changed. Choose one of: {known}.</source>
        <translation>Kein Knoten heißt {node}. Nichts wurde geändert. Wählen Sie einen von: {known}.</translation>
    </message>
    <message>
        <source>No other VPN runs.</source>
        <translation>Kein anderes VPN läuft.</translation>
    </message>
    <message>
        <source>No other node is ready</source>
        <translation>Kein anderer Knoten steht bereit</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Not connected: {why}</source>
        <translation>Nicht verbunden: {why}</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now</source>
        <translation>Nicht alles, was geschützt sein soll, ist gerade geschützt</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now.</source>
        <translation>Gerade ist nicht alles geschützt, was geschützt sein soll.</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now. Company traffic may go out directly. wgtray keeps trying; if this stays, tell your administrator.</source>
        <translation>Nicht alles, was geschützt sein soll, ist gerade geschützt. Verkehr der Firma kann direkt hinausgehen. wgtray versucht es weiter; bleibt es dabei, sagen Sie es Ihrer Administration.</translation>
    </message>
    <message>
        <source>Not everything that should be protected was protected.</source>
        <translation>Nicht alles, was geschützt sein soll, war geschützt.</translation>
    </message>
    <message>
        <source>Not installed: {tools}. Without them nothing can be connected.</source>
        <translation>Nicht installiert: {tools}. Ohne sie ist keine Verbindung möglich.</translation>
    </message>
    <message>
        <source>Not there: {tools}. Without them nothing can be connected.</source>
        <translation>Nicht vorhanden: {tools}. Ohne das lässt sich nichts verbinden.</translation>
    </message>
    <message>
        <source>Nothing keeps you from the login page. Open {url} in your browser.</source>
        <translation>Nichts hält Sie von der Anmeldeseite ab. Öffnen Sie {url} im Browser.</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>Only an administrator of this computer may do this. Nothing was changed. Run it with sudo.</source>
        <translation>Das darf nur die Administration dieses Computers. Nichts wurde geändert. Führen Sie es mit sudo aus.</translation>
    </message>
    <message>
        <source>Only company traffic goes through the VPN now.</source>
        <translation>Jetzt geht nur der Verkehr der Firma durch das VPN.</translation>
    </message>
    <message>
        <source>Only through the VPN</source>
        <translation>Nur durch das VPN</translation>
    </message>
    <message>
        <source>Only what is listed here goes through the VPN, everything else goes directly.</source>
        <translation>Nur was hier steht, geht durch das VPN; alles andere geht direkt.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>Datei öffnen…</translation>
    </message>
    <message>
        <source>Open a program that only uses the VPN</source>
        <translation>Ein Programm öffnen, das nur das VPN benutzt</translation>
    </message>
    <message>
        <source>Open protected…</source>
        <translation>Geschützt öffnen…</translation>
    </message>
    <message>
        <source>Open wgtray…</source>
        <translation>wgtray öffnen…</translation>
    </message>
    <message>
        <source>Other VPNs</source>
        <translation>Andere VPNs</translation>
    </message>
    <message>
        <source>Others than the administrator could change your company's key in {path}, so no profile is taken. Nothing was changed. Tell your administrator.</source>
        <translation>Den Schlüssel Ihrer Firma in {path} könnten auch andere als die Administration ändern; darum wird kein Profil angenommen. Nichts wurde geändert. Sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Packets of {mtu} bytes do not get through to any node, small ones do. Downloads and large pages may hang. Ask your administrator to write a smaller mtu in the profile, such as 1280.</source>
        <translation>Pakete von {mtu} Byte kommen zu keinem Knoten durch, kleine schon. Downloads und große Seiten können hängen. Bitten Sie Ihre Administration um eine kleinere mtu im Profil, etwa 1280.</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Paused until {until}.</source>
        <translation>Pause bis {until}.</translation>
    </message>
    <message>
        <source>Paused until {when}</source>
        <translation>Pause bis {when}</translation>
    </message>
    <message>
        <source>Preferred node</source>
        <translation>Bevorzugter Knoten</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Profiles (*.toml *.conf);;All files (*)</source>
        <translation>Profile (*.toml *.conf);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Programs</source>
        <translation>Programme</translation>
    </message>
    <message>
        <source>Protected traffic is held back</source>
        <translation>Geschützter Verkehr wird zurückgehalten</translation>
    </message>
    <message>
        <source>Protected traffic is held back: {why}</source>
        <translation>Geschützter Verkehr wird zurückgehalten: {why}</translation>
    </message>
    <message>
        <source>Protected traffic is held back: {why}.</source>
        <translation>Geschützter Verkehr wird zurückgehalten: {why}.</translation>
    </message>
    <message>
        <source>Protection</source>
        <translation>Schutz</translation>
    </message>
    <message>
        <source>Quit wgtray</source>
        <translation>wgtray beenden</translation>
    </message>
    <message>
        <source>Read "Sensitive apps" in the help: it says what is needed.</source>
        <translation>Lesen Sie „Sensible Apps“ in der Hilfe: Dort steht, was gebraucht wird.</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>Anmerkungen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Bericht…</translation>
    </message>
    <message>
        <source>Restart the service after an update, or install both in the same version.</source>
        <translation>Starten Sie den Dienst nach einer Aktualisierung neu, oder installieren Sie beide in derselben Version.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Rules for single programs are listed here once your company's profile is imported.</source>
        <translation>Regeln für einzelne Programme stehen hier, sobald das Profil Ihrer Firma importiert ist.</translation>
    </message>
    <message>
        <source>Sensitive apps</source>
        <translation>Sensible Apps</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Dienst</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Show:</source>
        <translation>Zeigen:</translation>
    </message>
    <message>
        <source>Signed by</source>
        <translation>Signiert von</translation>
    </message>
    <message>
        <source>Single programs can be kept in the tunnel from their first packet.</source>
        <translation>Einzelne Programme können vom ersten Paket an im Tunnel gehalten werden.</translation>
    </message>
    <message>
        <source>Single programs cannot be kept in the tunnel on this computer.</source>
        <translation>Einzelne Programme können auf diesem Computer nicht im Tunnel gehalten werden.</translation>
    </message>
    <message>
        <source>Something went wrong that this version has no words for ({code}{detail}). It may affect your connection. Update {app}; if this stays, send this sentence to your administrator.</source>
        <translation>Etwas ging schief, wofür diese Version keine Worte hat ({code}{detail}). Es kann Ihre Verbindung betreffen. Aktualisieren Sie {app}; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>Sort nodes</source>
        <translation>Knoten sortieren</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Aufteilung</translation>
    </message>
    <message>
        <source>Start GNOME Keyring or KWallet, or import the profile with --keys helper.</source>
        <translation>Starten Sie GNOME Keyring oder KWallet, oder importieren Sie das Profil mit --keys helper.</translation>
    </message>
    <message>
        <source>Start when I log in</source>
        <translation>Beim Anmelden starten</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>State: {state}</source>
        <translation>Zustand: {state}</translation>
    </message>
    <message>
        <source>Switch it on with "wgtray autostart on".</source>
        <translation>Schalten Sie es mit „wgtray autostart on“ ein.</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>Abschalten</translation>
    </message>
    <message>
        <source>Test now</source>
        <translation>Jetzt testen</translation>
    </message>
    <message>
        <source>The background service is back.</source>
        <translation>Der Hintergrunddienst ist wieder da.</translation>
    </message>
    <message>
        <source>The background service of wgtray is not running yet, so nothing can be imported. Installing it asks once for the password of an administrator of this computer; after that nothing does.</source>
        <translation>Der Hintergrunddienst von wgtray läuft noch nicht, daher kann nichts importiert werden. Bei seiner Installation wird einmal nach dem Passwort eines Administratorkontos dieses Computers gefragt, danach nie wieder.</translation>
    </message>
    <message>
        <source>The background service went away before it had the profile. Nothing was changed. Try again.</source>
        <translation>Der Hintergrunddienst verschwand, bevor er das Profil hatte. Nichts wurde geändert. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The background service went away.</source>
        <translation>Der Hintergrunddienst ist verschwunden.</translation>
    </message>
    <message>
        <source>The best node is chosen automatically.</source>
        <translation>Der beste Knoten wird automatisch gewählt.</translation>
    </message>
    <message>
        <source>The desktop shows no tray icons, so the icon cannot be seen.</source>
        <translation>Die Oberfläche zeigt keine Symbole im Infobereich, das Symbol ist also nicht zu sehen.</translation>
    </message>
    <message>
        <source>The desktop shows tray icons.</source>
        <translation>Die Oberfläche zeigt Symbole im Infobereich.</translation>
    </message>
    <message>
        <source>The end of this signed profile is missing or damaged. Nothing was changed. Get the file again; if it stays so, tell your administrator.</source>
        <translation>Das Ende dieses signierten Profils fehlt oder ist beschädigt. Nichts wurde geändert. Holen Sie die Datei noch einmal; bleibt es so, sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>The first measurements will be here in a moment.</source>
        <translation>Die ersten Messungen erscheinen gleich hier.</translation>
    </message>
    <message>
        <source>The graphical parts of wgtray are not installed. Install them with "pip install wgtray[gui]", or use the command line: "wgtray status".</source>
        <translation>Die grafischen Teile von wgtray sind nicht installiert. Installieren Sie sie mit „pip install wgtray[gui]“, oder benutzen Sie die Befehlszeile: „wgtray status“.</translation>
    </message>
    <message>
        <source>The keyring is locked, so the private key cannot be read.</source>
        <translation>Der Schlüsselbund ist gesperrt, der private Schlüssel ist nicht zu lesen.</translation>
    </message>
    <message>
        <source>The name {name} has no address right now. A node whose name has none cannot be used. Check this computer's internet connection; if that works, tell your administrator.</source>
        <translation>Der Name {name} hat gerade keine Adresse. Ein Knoten ohne Adresse kann nicht benutzt werden. Prüfen Sie die Internetverbindung dieses Computers; funktioniert sie, sagen Sie es Ihrer Administration.</translation>
    </message>
    <message>
        <source>The node is chosen automatically now.</source>
        <translation>Der Knoten wird jetzt automatisch gewählt.</translation>
    </message>
    <message>
        <source>The nodes answer, but the company network behind them does not ({check}). Company systems may not work until it is back, over whichever node. Tell your administrator: {app} keeps trying.</source>
        <translation>Die Knoten antworten, das Firmennetz dahinter aber nicht ({check}). Systeme der Firma funktionieren so lange vielleicht nicht, über welchen Knoten auch immer. Sagen Sie es Ihrer Administration: {app} versucht es weiter.</translation>
    </message>
    <message>
        <source>The nodes can be reached, but none accepts this computer's key. You cannot connect until your administrator adds it. Send them this computer's public key{key} and ask to add it.</source>
        <translation>Die Knoten sind erreichbar, aber keiner nimmt den Schlüssel dieses Computers an. Sie können sich erst verbinden, wenn Ihre Administration ihn hinzufügt. Senden Sie ihr den öffentlichen Schlüssel dieses Computers{key} mit der Bitte, ihn hinzuzufügen.</translation>
    </message>
    <message>
        <source>The nodes of your company are listed here once its profile is imported.</source>
        <translation>Die Knoten Ihrer Firma stehen hier, sobald ihr Profil importiert ist.</translation>
    </message>
    <message>
        <source>The nodes' addresses are being looked up; then connecting goes on. There is nothing to do.</source>
        <translation>Die Adressen der Knoten werden nachgeschlagen; dann geht das Verbinden weiter. Es ist nichts zu tun.</translation>
    </message>
    <message>
        <source>The private key of this profile is neither in your keyring nor with {app}'s service, so you cannot connect. Import the profile again.</source>
        <translation>Der private Schlüssel dieses Profils ist weder in Ihrem Schlüsselbund noch beim Dienst von {app}, daher können Sie sich nicht verbinden. Importieren Sie das Profil noch einmal.</translation>
    </message>
    <message>
        <source>The private key of this profile is not on this computer, so you cannot connect. Import the profile again, or ask your administrator for a new one.</source>
        <translation>Der private Schlüssel dieses Profils ist nicht auf diesem Computer, daher können Sie sich nicht verbinden. Importieren Sie das Profil noch einmal, oder bitten Sie Ihre Administration um ein neues.</translation>
    </message>
    <message>
        <source>The private key that was handed over does not belong to this profile (public key {public_key}). Nothing was changed. Import the profile again.</source>
        <translation>Der übergebene private Schlüssel gehört nicht zu diesem Profil (öffentlicher Schlüssel {public_key}). Nichts wurde geändert. Importieren Sie das Profil noch einmal.</translation>
    </message>
    <message>
        <source>The profile has no address for this computer. Nothing was changed. Import it with "wgtray profile import FILE --address ADDRESS", using the address from your administrator.</source>
        <translation>Das Profil hat keine Adresse für diesen Computer. Nichts wurde geändert. Importieren Sie es mit „wgtray profile import FILE --address ADDRESS“ und der Adresse von Ihrer Administration.</translation>
    </message>
    <message>
        <source>The profile is imported, and you are being connected.</source>
        <translation>Das Profil ist importiert, und Sie werden verbunden.</translation>
    </message>
    <message>
        <source>The profile is imported. Send this public key to your administrator; you can connect once they have added it. It is no secret.</source>
        <translation>Das Profil ist importiert. Senden Sie diesen öffentlichen Schlüssel an Ihre Administration; verbinden können Sie sich, sobald sie ihn hinzugefügt hat. Er ist kein Geheimnis.</translation>
    </message>
    <message>
        <source>The profile names no node, so there is nothing to connect to. Nothing was changed. Ask your administrator for a complete profile.</source>
        <translation>Das Profil nennt keinen Knoten, es gibt also nichts zu verbinden. Nichts wurde geändert. Bitten Sie Ihre Administration um ein vollständiges Profil.</translation>
    </message>
    <message>
        <source>The profile of {company} was imported.</source>
        <translation>Das Profil von {company} wurde importiert.</translation>
    </message>
    <message>
        <source>The profile of {company} was removed.</source>
        <translation>Das Profil von {company} wurde entfernt.</translation>
    </message>
    <message>
        <source>The profile of {company} was updated.</source>
        <translation>Das Profil von {company} wurde aktualisiert.</translation>
    </message>
    <message>
        <source>The profile of {profile} is imported (nodes: {nodes}).</source>
        <translation>Das Profil von {profile} ist importiert (Knoten: {nodes}).</translation>
    </message>
    <message>
        <source>The program {tool} is missing, or others than administrators could change it. Without it {app} cannot connect. Install {app} again; if this stays, send this sentence to your administrator.</source>
        <translation>Das Programm {tool} fehlt, oder andere als Administratoren könnten es ändern. Ohne es kann {app} sich nicht verbinden. Installieren Sie {app} noch einmal; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>The program {tool} is not installed. Without it {app} cannot connect. Install the package {package} and connect again.</source>
        <translation>Das Programm {tool} ist nicht installiert. Ohne es kann {app} keine Verbindung aufbauen. Installieren Sie das Paket {package} und verbinden Sie sich noch einmal.</translation>
    </message>
    <message>
        <source>The program {tool} is not installed. Without it {app} cannot do this. Install the package {package} and try again.</source>
        <translation>Das Programm {tool} ist nicht installiert. Ohne es kann {app} das nicht tun. Installieren Sie das Paket {package} und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The request could not be carried out ({code}{detail}). Nothing was changed. Try again; if this stays, send this sentence to your administrator.</source>
        <translation>Die Anfrage konnte nicht ausgeführt werden ({code}{detail}). Nichts wurde geändert. Versuchen Sie es noch einmal; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>The rule for {program} is locked by {company}. Nothing was changed. Your administrator decides this; ask there if it is in the way.</source>
        <translation>Die Regel für {program} ist von {company} festgelegt. Nichts wurde geändert. Ihre Administration entscheidet darüber; fragen Sie dort, wenn sie stört.</translation>
    </message>
    <message>
        <source>The saved settings in {path} could not be read and were left alone. What is unknown is held back: {app} assumes that you want to be connected. Import your profile again, or restore that file and restart the service.</source>
        <translation>Die gespeicherten Einstellungen in {path} konnten nicht gelesen werden und blieben unberührt. Was unbekannt ist, wird zurückgehalten: {app} nimmt an, dass Sie verbunden sein wollen. Importieren Sie Ihr Profil noch einmal, oder stellen Sie die Datei wieder her und starten Sie den Dienst neu.</translation>
    </message>
    <message>
        <source>The saved settings in {path} could not be read. Nothing was changed. Restore that file, or move it away and import your profile again.</source>
        <translation>Die gespeicherten Einstellungen in {path} konnten nicht gelesen werden. Nichts wurde geändert. Stellen Sie die Datei wieder her, oder schieben Sie sie beiseite und importieren Sie Ihr Profil noch einmal.</translation>
    </message>
    <message>
        <source>The service is not installed, so nothing can be connected.</source>
        <translation>Der Dienst ist nicht installiert, also ist keine Verbindung möglich.</translation>
    </message>
    <message>
        <source>The service is version {service}, this program is version {version}.</source>
        <translation>Der Dienst hat die Version {service}, dieses Programm die Version {version}.</translation>
    </message>
    <message>
        <source>The service runs (version {version}).</source>
        <translation>Der Dienst läuft (Version {version}).</translation>
    </message>
    <message>
        <source>The socket of wgtray's service belongs to another user</source>
        <translation>Der Socket des Dienstes von wgtray gehört einem anderen Benutzer</translation>
    </message>
    <message>
        <source>The socket {socket} belongs to another user, so it is not {app}'s service. Nothing was sent to it. Tell your administrator.</source>
        <translation>Der Socket {socket} gehört einem anderen Benutzer, ist also nicht der Dienst von {app}. Nichts wurde dorthin gesendet. Sagen Sie es Ihrer Administration.</translation>
    </message>
    <message>
        <source>The system refused a step: {command} said {detail}. The connection is not as it should be. {app} tries again by itself; if this stays, send this sentence to your administrator.</source>
        <translation>Das System verweigerte einen Schritt: {command} meldete {detail}. Die Verbindung ist nicht, wie sie sein soll. {app} versucht es von selbst noch einmal; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>The system refused a step: {command} said {detail}. The request could not be carried out. Try again; if this stays, send this sentence to your administrator.</source>
        <translation>Das System verweigerte einen Schritt: {command} meldete {detail}. Die Anfrage konnte nicht ausgeführt werden. Versuchen Sie es noch einmal; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>The way for protected programs is not ready yet. The program was not started. Try again in a moment.</source>
        <translation>Der Weg für geschützte Programme ist noch nicht bereit. Das Programm wurde nicht gestartet. Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>There is a keyring for the private key.</source>
        <translation>Für den privaten Schlüssel gibt es einen Schlüsselbund.</translation>
    </message>
    <message>
        <source>There is a rule called {program} already. Nothing was changed. Choose another with "--name", or remove that one first.</source>
        <translation>Es gibt schon eine Regel namens {program}. Nichts wurde geändert. Wählen Sie mit „--name“ einen anderen Namen, oder entfernen Sie jene zuerst.</translation>
    </message>
    <message>
        <source>There is no WireGuard: neither a kernel module nor wireguard-go.</source>
        <translation>WireGuard fehlt: Es gibt weder ein Kernelmodul noch wireguard-go.</translation>
    </message>
    <message>
        <source>There is no company profile on this computer yet, so there is nothing to connect to. Import the file from your administrator with "wgtray profile import FILE".</source>
        <translation>Auf diesem Computer ist noch kein Firmenprofil, es gibt also nichts zu verbinden. Importieren Sie die Datei von Ihrer Administration mit „wgtray profile import FILE“.</translation>
    </message>
    <message>
        <source>There is no firewall program, so nothing can be held back outside the tunnel.</source>
        <translation>Es gibt kein Firewall-Programm, außerhalb des Tunnels kann also nichts zurückgehalten werden.</translation>
    </message>
    <message>
        <source>There is no profile yet, so there is nothing to connect to.</source>
        <translation>Es gibt noch kein Profil, also nichts, womit eine Verbindung möglich wäre.</translation>
    </message>
    <message>
        <source>There is no space left to write {path}. Nothing was changed. Free some space on that disk and try again.</source>
        <translation>Es ist kein Platz mehr, um {path} zu schreiben. Nichts wurde geändert. Schaffen Sie Platz auf diesem Datenträger und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>There is no space left to write {path}. What you change now is forgotten at the next start. Free some space on that disk.</source>
        <translation>Es ist kein Platz mehr, um {path} zu schreiben. Was Sie jetzt ändern, ist beim nächsten Start vergessen. Schaffen Sie Platz auf diesem Datenträger.</translation>
    </message>
    <message>
        <source>There is no text to paste. Copy the profile first, or open the file.</source>
        <translation>Es gibt keinen Text zum Einfügen. Kopieren Sie zuerst das Profil, oder öffnen Sie die Datei.</translation>
    </message>
    <message>
        <source>There is nothing of this kind.</source>
        <translation>Davon gibt es nichts.</translation>
    </message>
    <message>
        <source>This computer cannot carry out the rule. Tell your administrator.</source>
        <translation>Dieser Computer kann die Regel nicht ausführen. Sagen Sie es Ihrer Administration.</translation>
    </message>
    <message>
        <source>This computer does not know your company's key yet, so it takes no updates. Nothing was changed. Import the signed profile first.</source>
        <translation>Dieser Computer kennt den Schlüssel Ihrer Firma noch nicht und nimmt darum keine Aktualisierungen an. Nichts wurde geändert. Importieren Sie zuerst das signierte Profil.</translation>
    </message>
    <message>
        <source>This computer has no network. Company systems cannot be reached until it has one. Connect to a network; {app} then reconnects by itself.</source>
        <translation>Dieser Computer hat kein Netz. Die Systeme der Firma sind so lange nicht erreichbar. Verbinden Sie sich mit einem Netz; {app} verbindet sich dann von selbst wieder.</translation>
    </message>
    <message numerus="yes">
        <source>This computer is ready, with {count} things to look at.</source>
        <translation>
            <numerusform>Dieser Computer ist bereit; {count} Punkt verdient einen Blick.</numerusform>
            <numerusform>Dieser Computer ist bereit; {count} Punkte verdienen einen Blick.</numerusform>
        </translation>
    </message>
    <message>
        <source>This computer is ready.</source>
        <translation>Dieser Computer ist bereit.</translation>
    </message>
    <message>
        <source>This could not be changed ({why}).</source>
        <translation>Das konnte nicht geändert werden ({why}).</translation>
    </message>
    <message>
        <source>This could not be kept ({why}). Look at the folder {path}.</source>
        <translation>Das konnte nicht behalten werden ({why}). Sehen Sie nach dem Ordner {path}.</translation>
    </message>
    <message>
        <source>This happens again and again: further ones are on the page Activity.</source>
        <translation>Das geschieht immer wieder: Weitere stehen auf der Seite Verlauf.</translation>
    </message>
    <message>
        <source>This is all that the report holds. Keys, addresses, names of hosts and people are replaced. Save it and send it to your administrator.</source>
        <translation>Das ist alles, was der Bericht enthält. Schlüssel, Adressen, Namen von Rechnern und Personen sind ersetzt. Speichern Sie ihn und schicken Sie ihn an Ihre Administration.</translation>
    </message>
    <message>
        <source>This is more than one message between {app} and its service can hold. Nothing was changed. Use a profile with fewer nodes, networks or programs.</source>
        <translation>Das ist mehr, als eine Nachricht zwischen {app} und seinem Dienst fasst. Nichts wurde geändert. Benutzen Sie ein Profil mit weniger Knoten, Netzen oder Programmen.</translation>
    </message>
    <message>
        <source>This is no graphical session, so there is no tray.</source>
        <translation>Dies ist keine grafische Sitzung, es gibt also keinen Infobereich.</translation>
    </message>
    <message>
        <source>This is what the profile of {company} does</source>
        <translation>Das tut das Profil von {company}</translation>
    </message>
    <message>
        <source>This network asks you to log in</source>
        <translation>Dieses Netz verlangt eine Anmeldung</translation>
    </message>
    <message>
        <source>This network lets nothing through before you have logged in at {url}. You cannot reach your company until then. Open that page in your browser; {app} connects by itself afterwards.</source>
        <translation>Dieses Netz lässt nichts durch, bevor Sie sich unter {url} angemeldet haben. Bis dahin ist Ihre Firma nicht erreichbar. Öffnen Sie diese Seite im Browser; {app} verbindet sich danach von selbst.</translation>
    </message>
    <message>
        <source>This profile (number {serial}) is older than the one that was in use here (number {last}). Nothing was changed. Ask your administrator for the newest one.</source>
        <translation>Dieses Profil (Nummer {serial}) ist älter als das, das hier in Gebrauch war (Nummer {last}). Nichts wurde geändert. Bitten Sie Ihre Administration um das neueste.</translation>
    </message>
    <message>
        <source>This profile is dated {when}, which is still to come. Nothing was changed. Set the date of this computer right and try again.</source>
        <translation>Dieses Profil ist vom {when}, und der Tag kommt erst noch. Nichts wurde geändert. Stellen Sie das Datum dieses Computers richtig und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>This profile is not signed, and this computer takes only what your company signed. Nothing was changed. Ask your administrator for the signed file.</source>
        <translation>Dieses Profil ist nicht signiert, und dieser Computer nimmt nur an, was Ihre Firma signiert hat. Nichts wurde geändert. Bitten Sie Ihre Administration um die signierte Datei.</translation>
    </message>
    <message>
        <source>This profile is not what your company signed: somebody or something changed it on its way. Nothing was changed here. Get the file again, and tell your administrator.</source>
        <translation>Dieses Profil ist nicht das, was Ihre Firma signiert hat: Unterwegs hat es jemand oder etwas verändert. Hier wurde nichts geändert. Holen Sie die Datei noch einmal und sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>This profile is signed by your company, but it cannot be used: {detail}. Nothing was changed. Send this sentence to your administrator, or update {app}.</source>
        <translation>Dieses Profil ist von Ihrer Firma signiert, aber nicht verwendbar: {detail}. Nichts wurde geändert. Senden Sie diesen Satz an Ihre Administration oder aktualisieren Sie {app}.</translation>
    </message>
    <message>
        <source>This profile was good until {when} only. Nothing was changed. Ask your administrator for a new one, and check the date of this computer.</source>
        <translation>Dieses Profil galt nur bis {when}. Nichts wurde geändert. Bitten Sie Ihre Administration um ein neues und prüfen Sie das Datum dieses Computers.</translation>
    </message>
    <message>
        <source>This profile was made for the key of another computer. Nothing was changed. Import it on the computer and as the user of "wgtray enroll request", or make a new request.</source>
        <translation>Dieses Profil wurde für den Schlüssel eines anderen Computers gemacht. Nichts wurde geändert. Importieren Sie es auf dem Computer und als der Benutzer von „wgtray enroll request“, oder stellen Sie eine neue Anfrage.</translation>
    </message>
    <message>
        <source>This profile was signed with another key ({fingerprint}) than your company's. Nothing was changed. Ask your administrator whether that key is theirs.</source>
        <translation>Dieses Profil wurde mit einem anderen Schlüssel ({fingerprint}) als dem Ihrer Firma signiert. Nichts wurde geändert. Fragen Sie Ihre Administration, ob dieser Schlüssel ihr gehört.</translation>
    </message>
    <message>
        <source>This session has no keyring that keeps secrets.</source>
        <translation>Diese Sitzung hat keinen Schlüsselbund, der Geheimnisse bewahrt.</translation>
    </message>
    <message>
        <source>This system cannot send a single program into the tunnel. The program was not started. Use "wgtray mode full", which sends everything there.</source>
        <translation>Dieses System kann kein einzelnes Programm in den Tunnel schicken. Das Programm wurde nicht gestartet. Benutzen Sie „wgtray mode full“, das alles dorthin schickt.</translation>
    </message>
    <message>
        <source>This system does not say that a program starts before it runs. The first packets of a protected program may go out before it is in the tunnel. Start it with "wgtray run -- PROGRAM", or ask your administrator for a system that can.</source>
        <translation>Dieses System meldet nicht, dass ein Programm startet, bevor es läuft. Die ersten Pakete eines geschützten Programms können hinausgehen, bevor es im Tunnel ist. Starten Sie es mit „wgtray run -- PROGRAM“, oder bitten Sie Ihre Administration um ein System, das es kann.</translation>
    </message>
    <message>
        <source>This version of {app} carries company traffic only. Nothing was changed. Stay with "wgtray mode split".</source>
        <translation>Diese Version von {app} befördert nur den Verkehr der Firma. Nichts wurde geändert. Bleiben Sie bei „wgtray mode split“.</translation>
    </message>
    <message>
        <source>This version of {app} does not carry out {feature} of your company's profile. Do not rely on it yet. Tell your administrator, or update {app} when a later version can.</source>
        <translation>Diese Version von {app} führt {feature} im Profil Ihrer Firma nicht aus. Verlassen Sie sich noch nicht darauf. Sagen Sie es Ihrer Administration, oder aktualisieren Sie {app}, wenn eine neuere Version es kann.</translation>
    </message>
    <message>
        <source>Through the VPN</source>
        <translation>Durch das VPN</translation>
    </message>
    <message>
        <source>To the overview</source>
        <translation>Zur Übersicht</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>Verkehr</translation>
    </message>
    <message>
        <source>Tray</source>
        <translation>Infobereich</translation>
    </message>
    <message>
        <source>Tray icon</source>
        <translation>Symbol im Infobereich</translation>
    </message>
    <message>
        <source>Unlock it: log in to the desktop, or open its password program.</source>
        <translation>Entsperren Sie ihn: Melden Sie sich an der Oberfläche an, oder öffnen Sie deren Passwortprogramm.</translation>
    </message>
    <message>
        <source>Use this node</source>
        <translation>Benutzen</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Version {version}</translation>
    </message>
    <message>
        <source>Version {version}, service {service}</source>
        <translation>Version {version}, Dienst {service}</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What answers at {socket} does not speak this version's language. You cannot connect or see the nodes. Update {app} and its service to the same version and restart both.</source>
        <translation>Was unter {socket} antwortet, spricht nicht die Sprache dieser Version. Sie können sich nicht verbinden und die Knoten nicht sehen. Aktualisieren Sie {app} und seinen Dienst auf dieselbe Version und starten Sie beide neu.</translation>
    </message>
    <message>
        <source>What goes through the VPN is listed here once your company's profile is imported.</source>
        <translation>Was durch das VPN geht, steht hier, sobald das Profil Ihrer Firma importiert ist.</translation>
    </message>
    <message>
        <source>What happens to your connection is noted here: switches, interruptions, changes.</source>
        <translation>Was mit Ihrer Verbindung geschieht, wird hier vermerkt: Wechsel, Unterbrechungen, Änderungen.</translation>
    </message>
    <message>
        <source>What must not leave outside the tunnel can be held back ({program}).</source>
        <translation>Was nicht am Tunnel vorbei hinausgehen darf, kann zurückgehalten werden ({program}).</translation>
    </message>
    <message>
        <source>What you can do</source>
        <translation>Was Sie tun können</translation>
    </message>
    <message>
        <source>When a Wi-Fi asks you to log in</source>
        <translation>Wenn ein WLAN eine Anmeldung verlangt</translation>
    </message>
    <message>
        <source>When a sensitive app is cut off</source>
        <translation>Wenn eine sensible App abgeschnitten wird</translation>
    </message>
    <message>
        <source>When another node takes over</source>
        <translation>Wenn ein anderer Knoten übernimmt</translation>
    </message>
    <message>
        <source>When it flows again</source>
        <translation>Wenn er wieder fließt</translation>
    </message>
    <message>
        <source>When protected traffic is held back</source>
        <translation>Wenn geschützter Verkehr zurückgehalten wird</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Which node is used is set by {company}.</source>
        <translation>Welcher Knoten benutzt wird, hat {company} festgelegt.</translation>
    </message>
    <message>
        <source>Which way does … go?</source>
        <translation>Welchen Weg nimmt …?</translation>
    </message>
    <message>
        <source>While you are connected, the latency of every node is drawn here.</source>
        <translation>Solange Sie verbunden sind, wird hier die Latenz jedes Knotens gezeichnet.</translation>
    </message>
    <message>
        <source>White</source>
        <translation>Weiß</translation>
    </message>
    <message>
        <source>WireGuard</source>
        <translation>WireGuard</translation>
    </message>
    <message>
        <source>WireGuard is a registered trademark of Jason A. Donenfeld.</source>
        <translation>WireGuard ist eine eingetragene Marke von Jason A. Donenfeld.</translation>
    </message>
    <message>
        <source>WireGuard is there ({implementation}).</source>
        <translation>WireGuard ist da ({implementation}).</translation>
    </message>
    <message>
        <source>Write the address as your administrator gave it, such as 10.66.0.10/32.</source>
        <translation>Schreiben Sie die Adresse so, wie Ihre Administration sie nannte, etwa 10.66.0.10/32.</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>You are connected</source>
        <translation>Sie sind verbunden</translation>
    </message>
    <message>
        <source>You are not connected, and your company's profile holds nothing back then. The program was not started, because it would go out in the clear. Use "wgtray connect" first.</source>
        <translation>Sie sind nicht verbunden, und das Profil Ihrer Firma hält dann nichts zurück. Das Programm wurde nicht gestartet, denn es ginge ungeschützt hinaus. Benutzen Sie zuerst „wgtray connect“.</translation>
    </message>
    <message>
        <source>You are now on {node}</source>
        <translation>Sie sind jetzt auf {node}</translation>
    </message>
    <message>
        <source>You chose {node} for good.</source>
        <translation>Sie haben {node} fest gewählt.</translation>
    </message>
    <message>
        <source>You chose {node}. If it fails, {app} still moves to another one and comes back.</source>
        <translation>Sie haben {node} gewählt. Fällt er aus, wechselt {app} trotzdem zu einem anderen und kehrt zurück.</translation>
    </message>
    <message>
        <source>You have no rule called {program}. Nothing was changed. See them with "wgtray apps".</source>
        <translation>Sie haben keine Regel namens {program}. Nichts wurde geändert. Sehen Sie sie mit „wgtray apps“.</translation>
    </message>
    <message>
        <source>You have not asked to be connected, so there is nothing to pause or to resume. Nothing was changed. Connect with "wgtray connect".</source>
        <translation>Sie haben keine Verbindung verlangt, es gibt also nichts zu pausieren oder fortzusetzen. Nichts wurde geändert. Verbinden Sie sich mit „wgtray connect“.</translation>
    </message>
    <message>
        <source>You have {most} rules for programs, which is as many as {app} keeps. Nothing was changed. Remove one first, or name a directory that holds several programs.</source>
        <translation>Sie haben {most} Regeln für Programme, mehr behält {app} nicht. Nichts wurde geändert. Entfernen Sie zuerst eine, oder nennen Sie ein Verzeichnis mit mehreren Programmen.</translation>
    </message>
    <message>
        <source>You may not use wgtray's service</source>
        <translation>Sie dürfen den Dienst von wgtray nicht benutzen</translation>
    </message>
    <message>
        <source>You may not use {app}'s service at {socket}. You cannot connect or see the nodes. Ask your administrator to run "{admit}" with your user name, then log out and in again.</source>
        <translation>Sie dürfen den Dienst von {app} unter {socket} nicht benutzen. Sie können sich nicht verbinden und die Knoten nicht sehen. Bitten Sie Ihre Administration, "{admit}" mit Ihrem Benutzernamen auszuführen, und melden Sie sich dann neu an.</translation>
    </message>
    <message>
        <source>You may not use {app}'s service at {socket}. You cannot connect or see the nodes. Only who has logged in at this computer may: do so, and try again.</source>
        <translation>Sie dürfen den Dienst von {app} unter {socket} nicht benutzen. Sie können sich nicht verbinden und die Knoten nicht sehen. Das darf nur, wer an diesem Computer selbst angemeldet ist: Melden Sie sich dort an und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>You may not {action} on this computer. Nothing was changed. Your administrator decides this; ask there if you need it.</source>
        <translation>Sie dürfen auf diesem Computer nicht: {action}. Nichts wurde geändert. Ihre Administration entscheidet darüber; fragen Sie dort, wenn Sie es brauchen.</translation>
    </message>
    <message>
        <source>You were added to the group wgtray after you logged in, so you may not use the service yet.</source>
        <translation>Sie wurden nach Ihrer Anmeldung in die Gruppe wgtray aufgenommen und dürfen den Dienst noch nicht nutzen.</translation>
    </message>
    <message>
        <source>Your address</source>
        <translation>Ihre Adresse</translation>
    </message>
    <message>
        <source>Your company has set no rules for single programs. With such a rule a program only ever uses the VPN, or never does.</source>
        <translation>Ihre Firma hat keine Regeln für einzelne Programme. Mit einer solchen Regel benutzt ein Programm immer nur das VPN, oder nie.</translation>
    </message>
    <message>
        <source>Your company's key in {path} cannot be read, so no profile is taken. Nothing was changed. Tell your administrator.</source>
        <translation>Der Schlüssel Ihrer Firma in {path} ist nicht lesbar; darum wird kein Profil angenommen. Nichts wurde geändert. Sagen Sie Ihrer Administration Bescheid.</translation>
    </message>
    <message>
        <source>Your company's policy does not allow this. An administrator of this computer is being asked…</source>
        <translation>Die Richtlinie Ihrer Firma erlaubt das nicht. Die Administration dieses Computers wird gefragt…</translation>
    </message>
    <message>
        <source>Your company's profile was good until {when}, and no newer one has come. It is still in use. Ask your administrator for a new one.</source>
        <translation>Das Profil Ihrer Firma galt bis {when}, und ein neueres ist nicht gekommen. Es ist weiter in Gebrauch. Bitten Sie Ihre Administration um ein neues.</translation>
    </message>
    <message>
        <source>Your key</source>
        <translation>Ihr Schlüssel</translation>
    </message>
    <message>
        <source>a program is missing</source>
        <translation>ein Programm fehlt</translation>
    </message>
    <message>
        <source>a rule that should not be there any more</source>
        <translation>eine Regel, die nicht mehr da sein sollte</translation>
    </message>
    <message>
        <source>an address of {name}</source>
        <translation>eine Adresse von {name}</translation>
    </message>
    <message>
        <source>another key signed it</source>
        <translation>ein anderer Schlüssel hat es signiert</translation>
    </message>
    <message>
        <source>answering</source>
        <translation>antwortet</translation>
    </message>
    <message>
        <source>asked of the company's name servers</source>
        <translation>gefragt werden die Nameserver der Firma</translation>
    </message>
    <message>
        <source>change the rules for programs</source>
        <translation>die Regeln für Programme ändern</translation>
    </message>
    <message>
        <source>choose the node</source>
        <translation>den Knoten wählen</translation>
    </message>
    <message>
        <source>choose which traffic goes through the tunnel</source>
        <translation>wählen, welcher Verkehr durch den Tunnel geht</translation>
    </message>
    <message>
        <source>company network {detail}</source>
        <translation>Firmennetz {detail}</translation>
    </message>
    <message>
        <source>company traffic only</source>
        <translation>nur Verkehr der Firma</translation>
    </message>
    <message>
        <source>connect</source>
        <translation>verbinden</translation>
    </message>
    <message>
        <source>connect first</source>
        <translation>zuerst verbinden</translation>
    </message>
    <message>
        <source>directly, past the tunnel</source>
        <translation>direkt, am Tunnel vorbei</translation>
    </message>
    <message>
        <source>disconnect</source>
        <translation>trennen</translation>
    </message>
    <message>
        <source>enforced</source>
        <translation>durchgesetzt</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>everything goes through the tunnel</source>
        <translation>alles geht durch den Tunnel</translation>
    </message>
    <message>
        <source>everything, as your company wants it</source>
        <translation>alles, wie Ihre Firma es will</translation>
    </message>
    <message>
        <source>for example intranet.corp.example</source>
        <translation>etwa intranet.corp.example</translation>
    </message>
    <message>
        <source>forget the company's key</source>
        <translation>den Schlüssel der Firma vergessen</translation>
    </message>
    <message>
        <source>held back</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>held back: no node answers</source>
        <translation>zurückgehalten: kein Knoten antwortet</translation>
    </message>
    <message>
        <source>held back: nothing may go past the tunnel</source>
        <translation>zurückgehalten: nichts darf am Tunnel vorbei</translation>
    </message>
    <message>
        <source>held back: you are not connected</source>
        <translation>zurückgehalten: Sie sind nicht verbunden</translation>
    </message>
    <message>
        <source>import a profile</source>
        <translation>ein Profil importieren</translation>
    </message>
    <message>
        <source>in order</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <source>is in the file; it moves to your keyring, or to the service where there is none</source>
        <translation>steht in der Datei; er kommt in Ihren Schlüsselbund, oder zum Dienst, wo es keinen gibt</translation>
    </message>
    <message>
        <source>is made on this computer; you give its public half to your administrator</source>
        <translation>entsteht auf diesem Computer; die öffentliche Hälfte geben Sie Ihrer Administration</translation>
    </message>
    <message>
        <source>it</source>
        <translation>das</translation>
    </message>
    <message>
        <source>it cannot be checked</source>
        <translation>es lässt sich nicht prüfen</translation>
    </message>
    <message>
        <source>it cannot be used</source>
        <translation>es ist nicht verwendbar</translation>
    </message>
    <message>
        <source>it holds what belongs to one person</source>
        <translation>es enthält, was einer Person gehört</translation>
    </message>
    <message>
        <source>it is a name server of the company</source>
        <translation>es ist ein Nameserver der Firma</translation>
    </message>
    <message>
        <source>it is a node itself</source>
        <translation>es ist selbst ein Knoten</translation>
    </message>
    <message>
        <source>it is asked whether the company answers</source>
        <translation>es wird gefragt, ob die Firma antwortet</translation>
    </message>
    <message>
        <source>it is in your local network</source>
        <translation>es ist in Ihrem lokalen Netz</translation>
    </message>
    <message>
        <source>it is not signed</source>
        <translation>es ist nicht signiert</translation>
    </message>
    <message>
        <source>it is older than the one in use</source>
        <translation>es ist älter als das bisherige</translation>
    </message>
    <message>
        <source>it is the address of node {detail} inside the tunnel</source>
        <translation>es ist die Adresse des Knotens {detail} im Tunnel</translation>
    </message>
    <message>
        <source>it is the better node and has been well for a while</source>
        <translation>er ist der bessere Knoten und seit einer Weile gesund</translation>
    </message>
    <message>
        <source>it is this computer</source>
        <translation>es ist dieser Computer</translation>
    </message>
    <message>
        <source>it spreads users over the nodes</source>
        <translation>das verteilt Benutzer auf die Knoten</translation>
    </message>
    <message>
        <source>it was changed on its way</source>
        <translation>es wurde unterwegs verändert</translation>
    </message>
    <message>
        <source>its addresses go through the VPN</source>
        <translation>seine Adressen gehen durch das VPN</translation>
    </message>
    <message>
        <source>its end is missing</source>
        <translation>sein Ende fehlt</translation>
    </message>
    <message>
        <source>its first packets may go past the tunnel</source>
        <translation>seine ersten Pakete können am Tunnel vorbeigehen</translation>
    </message>
    <message>
        <source>its time is over</source>
        <translation>seine Zeit ist abgelaufen</translation>
    </message>
    <message>
        <source>its time is still to come</source>
        <translation>seine Zeit kommt erst noch</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>large packets did not get through {from}</source>
        <translation>große Pakete kamen nicht durch {from}</translation>
    </message>
    <message>
        <source>learned before the service was restarted</source>
        <translation>vor dem Neustart des Dienstes gelernt</translation>
    </message>
    <message>
        <source>limit {ms} ms</source>
        <translation>Grenze {ms} ms</translation>
    </message>
    <message>
        <source>look here</source>
        <translation>ansehen</translation>
    </message>
    <message>
        <source>measure the nodes now</source>
        <translation>die Knoten jetzt messen</translation>
    </message>
    <message>
        <source>moved to {node}</source>
        <translation>zu {node} gewechselt</translation>
    </message>
    <message>
        <source>never through the VPN</source>
        <translation>nie durch das VPN</translation>
    </message>
    <message>
        <source>never through the tunnel</source>
        <translation>nie durch den Tunnel</translation>
    </message>
    <message>
        <source>no address was found for a node</source>
        <translation>für einen Knoten wurde keine Adresse gefunden</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>no node</source>
        <translation>kein Knoten</translation>
    </message>
    <message>
        <source>no node answers</source>
        <translation>kein Knoten antwortet</translation>
    </message>
    <message>
        <source>no node right now</source>
        <translation>gerade kein Knoten</translation>
    </message>
    <message>
        <source>no rule is about it</source>
        <translation>keine Regel betrifft es</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keines</translation>
    </message>
    <message>
        <source>not answering</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>not enforced</source>
        <translation>nicht durchgesetzt</translation>
    </message>
    <message>
        <source>not enforced while you are not connected</source>
        <translation>nicht durchgesetzt, solange Sie nicht verbunden sind</translation>
    </message>
    <message>
        <source>not found on this computer</source>
        <translation>auf diesem Computer nicht gefunden</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>not needed in the office</source>
        <translation>im Büro nicht nötig</translation>
    </message>
    <message>
        <source>not possible on this computer yet</source>
        <translation>auf diesem Computer noch nicht möglich</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>nothing came back from {from}</source>
        <translation>von {from} kam nichts zurück</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>nowhere: it is held back</source>
        <translation>nirgendwohin: es wird zurückgehalten</translation>
    </message>
    <message>
        <source>only through the VPN</source>
        <translation>nur durch das VPN</translation>
    </message>
    <message>
        <source>only through the tunnel</source>
        <translation>nur durch den Tunnel</translation>
    </message>
    <message>
        <source>open the login page of a network</source>
        <translation>die Anmeldeseite eines Netzes öffnen</translation>
    </message>
    <message>
        <source>over {node}</source>
        <translation>über {node}</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>pausieren</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>fest gewählt</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>remove the profile</source>
        <translation>das Profil entfernen</translation>
    </message>
    <message>
        <source>restart it: it was running before</source>
        <translation>neu starten: es lief schon vorher</translation>
    </message>
    <message>
        <source>resume</source>
        <translation>fortsetzen</translation>
    </message>
    <message>
        <source>runs now</source>
        <translation>läuft gerade</translation>
    </message>
    <message>
        <source>see the profile</source>
        <translation>das Profil ansehen</translation>
    </message>
    <message>
        <source>see the state of the connection</source>
        <translation>den Zustand der Verbindung ansehen</translation>
    </message>
    <message>
        <source>see which way packets go</source>
        <translation>ansehen, welchen Weg Pakete nehmen</translation>
    </message>
    <message>
        <source>set by your company</source>
        <translation>von Ihrer Firma festgelegt</translation>
    </message>
    <message>
        <source>set by {company}</source>
        <translation>von {company} festgelegt</translation>
    </message>
    <message>
        <source>since {when}</source>
        <translation>seit {when}</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>langsam</translation>
    </message>
    <message>
        <source>something is in the way</source>
        <translation>etwas ist im Weg</translation>
    </message>
    <message>
        <source>start a program in the tunnel</source>
        <translation>ein Programm im Tunnel starten</translation>
    </message>
    <message>
        <source>the address of {from} changed</source>
        <translation>die Adresse von {from} änderte sich</translation>
    </message>
    <message>
        <source>the company network behind {from} did not answer</source>
        <translation>das Firmennetz hinter {from} antwortete nicht</translation>
    </message>
    <message>
        <source>the connection is paused</source>
        <translation>die Verbindung pausiert</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>the key {fingerprint}. Compare it with what your company tells; after the import no other is taken.</source>
        <translation>dem Schlüssel {fingerprint}. Vergleichen Sie ihn mit dem, was Ihre Firma nennt; nach dem Import wird kein anderer angenommen.</translation>
    </message>
    <message>
        <source>the nodes do not know this computer's key</source>
        <translation>die Knoten kennen den Schlüssel dieses Computers nicht</translation>
    </message>
    <message>
        <source>the private key is missing</source>
        <translation>der private Schlüssel fehlt</translation>
    </message>
    <message>
        <source>the service lacks permission</source>
        <translation>dem Dienst fehlt eine Berechtigung</translation>
    </message>
    <message>
        <source>the system refused a step</source>
        <translation>das System verweigerte einen Schritt</translation>
    </message>
    <message>
        <source>this computer does not know your company's key</source>
        <translation>dieser Computer kennt den Schlüssel Ihrer Firma nicht</translation>
    </message>
    <message>
        <source>this computer has no network</source>
        <translation>dieser Computer hat kein Netz</translation>
    </message>
    <message>
        <source>this network asks you to log in</source>
        <translation>dieses Netz verlangt eine Anmeldung</translation>
    </message>
    <message>
        <source>this program cannot have a rule</source>
        <translation>dieses Programm kann keine Regel haben</translation>
    </message>
    <message>
        <source>this system cannot route single programs</source>
        <translation>dieses System kann einzelne Programme nicht leiten</translation>
    </message>
    <message>
        <source>through the tunnel</source>
        <translation>durch den Tunnel</translation>
    </message>
    <message>
        <source>to be mended</source>
        <translation>zu beheben</translation>
    </message>
    <message>
        <source>under 1 ms</source>
        <translation>unter 1 ms</translation>
    </message>
    <message>
        <source>update the profile</source>
        <translation>das Profil aktualisieren</translation>
    </message>
    <message>
        <source>was made here for the request that this answers</source>
        <translation>wurde hier für die Anfrage gemacht, auf die dies antwortet</translation>
    </message>
    <message>
        <source>wgtray does not start when you log in.</source>
        <translation>wgtray startet nicht, wenn Sie sich anmelden.</translation>
    </message>
    <message>
        <source>wgtray is running already; its window is open now.</source>
        <translation>wgtray läuft schon; sein Fenster ist jetzt offen.</translation>
    </message>
    <message>
        <source>wgtray keeps trying. If this stays, send a report to your administrator.</source>
        <translation>wgtray versucht es weiter. Wenn das so bleibt, schicken Sie einen Bericht an Ihre Administration.</translation>
    </message>
    <message>
        <source>wgtray needs a graphical session to show itself and found none. Start it from your desktop, or use the command line: "wgtray status".</source>
        <translation>wgtray braucht eine grafische Sitzung und fand keine. Starten Sie es vom Desktop, oder benutzen Sie die Befehlszeile: „wgtray status“.</translation>
    </message>
    <message>
        <source>wgtray needs your company's profile: a file ending in .toml or .conf that your administrator gave you. Nothing changes before you have seen what is in it.</source>
        <translation>wgtray braucht das Profil Ihrer Firma: eine Datei mit der Endung .toml oder .conf von Ihrer Administration. Nichts ändert sich, bevor Sie gesehen haben, was darin steht.</translation>
    </message>
    <message>
        <source>wgtray reaches your company over the best of its WireGuard nodes and carries only what belongs there.</source>
        <translation>wgtray erreicht Ihre Firma über den besten ihrer WireGuard-Knoten und befördert nur, was dorthin gehört.</translation>
    </message>
    <message>
        <source>wgtray starts when you log in.</source>
        <translation>wgtray startet, wenn Sie sich anmelden.</translation>
    </message>
    <message>
        <source>wgtray's service does not answer</source>
        <translation>Der Dienst von wgtray antwortet nicht</translation>
    </message>
    <message>
        <source>wgtray's service is busy</source>
        <translation>Der Dienst von wgtray ist beschäftigt</translation>
    </message>
    <message>
        <source>wgtray's service is not running</source>
        <translation>Der Dienst von wgtray läuft nicht</translation>
    </message>
    <message>
        <source>wgtray's service is of another version</source>
        <translation>Der Dienst von wgtray hat eine andere Version</translation>
    </message>
    <message>
        <source>wgtray's service went away</source>
        <translation>Der Dienst von wgtray ist verschwunden</translation>
    </message>
    <message>
        <source>what you pasted</source>
        <translation>was Sie eingefügt haben</translation>
    </message>
    <message>
        <source>wireguard-go is there, but the device /dev/net/tun is not, so no tunnel can be made.</source>
        <translation>wireguard-go ist da, das Gerät /dev/net/tun aber nicht; ein Tunnel ist so nicht möglich.</translation>
    </message>
    <message>
        <source>you are in the office</source>
        <translation>Sie sind im Büro</translation>
    </message>
    <message>
        <source>you are not connected</source>
        <translation>Sie sind nicht verbunden</translation>
    </message>
    <message>
        <source>you cannot {actions}</source>
        <translation>Sie können nicht: {actions}</translation>
    </message>
    <message>
        <source>you chose it</source>
        <translation>Sie haben ihn gewählt</translation>
    </message>
    <message>
        <source>your company lets nothing past the tunnel</source>
        <translation>Ihre Firma lässt nichts am Tunnel vorbei</translation>
    </message>
    <message>
        <source>your own rule</source>
        <translation>Ihre eigene Regel</translation>
    </message>
    <message>
        <source>{address} goes {where} ({node}): {why}.</source>
        <translation>{address} geht {where} ({node}): {why}.</translation>
    </message>
    <message>
        <source>{address} goes {where}: {why}.</source>
        <translation>{address} geht {where}: {why}.</translation>
    </message>
    <message>
        <source>{app} can use the network again.</source>
        <translation>{app} kann das Netz wieder benutzen.</translation>
    </message>
    <message>
        <source>{app} never through the VPN</source>
        <translation>{app} nie durch das VPN</translation>
    </message>
    <message>
        <source>{app} only through the VPN</source>
        <translation>{app} nur durch das VPN</translation>
    </message>
    <message>
        <source>{app} was cut off: it may only use the VPN.</source>
        <translation>{app} wurde abgeschnitten: Es darf nur das VPN benutzen.</translation>
    </message>
    <message>
        <source>{app}'s service cannot be reached at {socket} ({code}). You cannot connect or see the nodes without it. Start it with "{start}" or "{by_hand}".</source>
        <translation>Der Dienst von {app} ist unter {socket} nicht erreichbar ({code}). Ohne ihn können Sie sich nicht verbinden und die Knoten nicht sehen. Starten Sie ihn mit "{start}" oder "{by_hand}".</translation>
    </message>
    <message>
        <source>{app}'s service closed the connection. You cannot connect or see the nodes until it is back. If it stays away, start it with "{start}".</source>
        <translation>Der Dienst von {app} hat die Verbindung geschlossen. Sie können sich nicht verbinden und die Knoten nicht sehen, bis er wieder da ist. Bleibt er weg, starten Sie ihn mit "{start}".</translation>
    </message>
    <message>
        <source>{app}'s service did not understand the request. Nothing was changed. Its version probably differs from this program's: update both.</source>
        <translation>Der Dienst von {app} hat die Anfrage nicht verstanden. Nichts wurde geändert. Seine Version weicht wohl von der dieses Programms ab: Aktualisieren Sie beide.</translation>
    </message>
    <message>
        <source>{app}'s service does not answer at {socket}. You cannot connect or see the nodes. Restart it with "{restart}".</source>
        <translation>Der Dienst von {app} antwortet unter {socket} nicht. Sie können sich nicht verbinden und die Knoten nicht sehen. Starten Sie ihn mit "{restart}" neu.</translation>
    </message>
    <message>
        <source>{app}'s service has all the connections that it takes. You cannot connect or see the nodes until one ends. {app} tries again by itself; if this stays, look for a program that keeps asking the service.</source>
        <translation>Der Dienst von {app} hat so viele Verbindungen, wie er annimmt. Sie können sich nicht verbinden und die Knoten nicht sehen, bis eine endet. {app} versucht es von selbst noch einmal; bleibt es dabei, suchen Sie ein Programm, das den Dienst dauernd fragt.</translation>
    </message>
    <message>
        <source>{app}'s service is busy with other requests. Nothing was changed. Try again in a moment.</source>
        <translation>Der Dienst von {app} ist mit anderen Anfragen beschäftigt. Nichts wurde geändert. Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>{app}'s service is not running (nothing answers at {socket}). You cannot connect or see the nodes without it. Start it with "{start}" or "{by_hand}".</source>
        <translation>Der Dienst von {app} läuft nicht (unter {socket} antwortet nichts). Ohne ihn können Sie sich nicht verbinden und die Knoten nicht sehen. Starten Sie ihn mit "{start}" oder "{by_hand}".</translation>
    </message>
    <message>
        <source>{app}'s service was not allowed to run {command}. It cannot set up the connection. Install {app} again, so that it runs as root; if this stays, send this sentence to your administrator.</source>
        <translation>Der Dienst von {app} durfte {command} nicht ausführen. Er kann die Verbindung nicht einrichten. Installieren Sie {app} noch einmal, damit er als root läuft; bleibt es dabei, senden Sie diesen Satz an Ihre Administration.</translation>
    </message>
    <message>
        <source>{company} lets nothing past the tunnel, not even the login page of this network. Nothing was changed. Use another network, or ask your administrator.</source>
        <translation>{company} lässt nichts am Tunnel vorbei, auch nicht die Anmeldeseite dieses Netzes. Nichts wurde geändert. Benutzen Sie ein anderes Netz, oder fragen Sie Ihre Administration.</translation>
    </message>
    <message numerus="yes">
        <source>{count} days</source>
        <translation>
            <numerusform>{count} Tag</numerusform>
            <numerusform>{count} Tagen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} days ago</source>
        <translation>
            <numerusform>vor {count} Tag</numerusform>
            <numerusform>vor {count} Tagen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} hours</source>
        <translation>
            <numerusform>{count} Stunde</numerusform>
            <numerusform>{count} Stunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} minutes</source>
        <translation>
            <numerusform>{count} Minute</numerusform>
            <numerusform>{count} Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} more</source>
        <translation>
            <numerusform>{count} weitere</numerusform>
            <numerusform>{count} weitere</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} more: see them with "wgtray status".</source>
        <translation>
            <numerusform>{count} weiteres: mit „wgtray status“ zu sehen.</numerusform>
            <numerusform>{count} weitere: mit „wgtray status“ zu sehen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} of {total} nodes answer</source>
        <translation>
            <numerusform>{count} von {total} Knoten antwortet</numerusform>
            <numerusform>{count} von {total} Knoten antworten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} running</source>
        <translation>
            <numerusform>{count} laufend</numerusform>
            <numerusform>{count} laufend</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} seconds</source>
        <translation>
            <numerusform>{count} Sekunde</numerusform>
            <numerusform>{count} Sekunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} things have to be mended.</source>
        <translation>
            <numerusform>{count} Punkt ist zu beheben.</numerusform>
            <numerusform>{count} Punkte sind zu beheben.</numerusform>
        </translation>
    </message>
    <message>
        <source>{detail} is a name of the company</source>
        <translation>{detail} ist ein Name der Firma</translation>
    </message>
    <message>
        <source>{detail}: your addresses in the tunnel are of the other IP version</source>
        <translation>{detail}: Ihre Adressen im Tunnel sind von der anderen IP-Version</translation>
    </message>
    <message>
        <source>{file} cannot be read ({why}). Check the file, or ask your administrator for it again.</source>
        <translation>{file} kann nicht gelesen werden ({why}). Prüfen Sie die Datei, oder bitten Sie Ihre Administration noch einmal darum.</translation>
    </message>
    <message>
        <source>{file} cannot be saved ({why}). Choose a folder of yours.</source>
        <translation>{file} kann nicht gespeichert werden ({why}). Wählen Sie einen eigenen Ordner.</translation>
    </message>
    <message>
        <source>{file} cannot be used. Send this to your administrator:</source>
        <translation>{file} kann nicht benutzt werden. Senden Sie dies an Ihre Administration:</translation>
    </message>
    <message>
        <source>{file} is too large to be a profile. Check that it is the right file.</source>
        <translation>{file} ist zu groß für ein Profil. Prüfen Sie, ob es die richtige Datei ist.</translation>
    </message>
    <message>
        <source>{from} stopped answering</source>
        <translation>{from} antwortete nicht mehr</translation>
    </message>
    <message>
        <source>{from} was slow</source>
        <translation>{from} war langsam</translation>
    </message>
    <message>
        <source>{host} did not tell whether there is a newer profile of your company. Nothing changes for you. There is nothing to do: {app} asks again.</source>
        <translation>{host} hat nicht gesagt, ob es ein neueres Profil Ihrer Firma gibt. Für Sie ändert sich nichts. Es ist nichts zu tun: {app} fragt wieder.</translation>
    </message>
    <message>
        <source>{latency}, slow</source>
        <translation>{latency}, langsam</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>vor {minutes} min</translation>
    </message>
    <message>
        <source>{moved}: {reason}</source>
        <translation>{moved}: {reason}</translation>
    </message>
    <message>
        <source>{moved}; apps noticed {ms} ms</source>
        <translation>{moved}; für Apps dauerte es {ms} ms</translation>
    </message>
    <message>
        <source>{networks}; everything else goes directly</source>
        <translation>{networks}; alles andere geht direkt</translation>
    </message>
    <message>
        <source>{nodes} and {last} are ready</source>
        <translation>{nodes} und {last} stehen bereit</translation>
    </message>
    <message>
        <source>{node} answers again.</source>
        <translation>{node} antwortet wieder.</translation>
    </message>
    <message>
        <source>{node} answers, but the company network behind it does not. While another node reaches it, your traffic goes there. There is nothing to do: {app} keeps trying {node}.</source>
        <translation>{node} antwortet, das Firmennetz dahinter aber nicht. Solange ein anderer Knoten es erreicht, geht Ihr Verkehr dorthin. Es ist nichts zu tun: {app} versucht es weiter mit {node}.</translation>
    </message>
    <message>
        <source>{node} does not answer</source>
        <translation>{node} antwortet nicht</translation>
    </message>
    <message>
        <source>{node} does not answer. While another node answers, nothing changes for you. There is nothing to do: {app} keeps trying.</source>
        <translation>{node} antwortet nicht. Solange ein anderer Knoten antwortet, ändert sich für Sie nichts. Es ist nichts zu tun: {app} versucht es weiter.</translation>
    </message>
    <message>
        <source>{node} is ready</source>
        <translation>{node} steht bereit</translation>
    </message>
    <message>
        <source>{node} is slow</source>
        <translation>{node} ist langsam</translation>
    </message>
    <message>
        <source>{node} is slow ({latency})</source>
        <translation>{node} ist langsam ({latency})</translation>
    </message>
    <message>
        <source>{node} is slow{latency}. While a faster node answers, your traffic goes there. There is nothing to do: {app} keeps measuring.</source>
        <translation>{node} ist langsam{latency}. Solange ein schnellerer Knoten antwortet, geht Ihr Verkehr dorthin. Es ist nichts zu tun: {app} misst weiter.</translation>
    </message>
    <message>
        <source>{node} is the last one</source>
        <translation>{node} ist der letzte</translation>
    </message>
    <message>
        <source>{node} stopped answering.</source>
        <translation>{node} antwortet nicht mehr.</translation>
    </message>
    <message>
        <source>{number} h ago</source>
        <translation>vor {number} h</translation>
    </message>
    <message>
        <source>{number} min ago</source>
        <translation>vor {number} min</translation>
    </message>
    <message>
        <source>{number} s ago</source>
        <translation>vor {number} s</translation>
    </message>
    <message>
        <source>{path} is a directory of many programs. Nothing was changed, because the rule would catch them all. Name the directory of one application.</source>
        <translation>{path} ist ein Verzeichnis vieler Programme. Nichts wurde geändert, denn die Regel träfe sie alle. Nennen Sie das Verzeichnis einer Anwendung.</translation>
    </message>
    <message>
        <source>{path} is a shell, an interpreter or a launcher that many programs share. Nothing was changed, because the rule would catch them all. Name the program itself or its start script, or use "wgtray run -- PROGRAM".</source>
        <translation>{path} ist eine Shell, ein Interpreter oder ein Starter, den viele Programme teilen. Nichts wurde geändert, denn die Regel träfe sie alle. Nennen Sie das Programm selbst oder sein Startskript, oder benutzen Sie „wgtray run -- PROGRAM“.</translation>
    </message>
    <message>
        <source>{path} is a tool that {app} itself needs. Nothing was changed. Name another program.</source>
        <translation>{path} ist ein Werkzeug, das {app} selbst braucht. Nichts wurde geändert. Nennen Sie ein anderes Programm.</translation>
    </message>
    <message>
        <source>{path} is no absolute path of a program. Nothing was changed. Write it whole, from / on.</source>
        <translation>{path} ist kein absoluter Pfad eines Programms. Nichts wurde geändert. Schreiben Sie ihn ganz, von / an.</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>{program} ({path}) holds more files than one application has. The rule is not carried out. Name a smaller directory, or the program itself.</source>
        <translation>{program} ({path}) enthält mehr Dateien, als eine Anwendung hat. Die Regel wird nicht ausgeführt. Nennen Sie ein kleineres Verzeichnis oder das Programm selbst.</translation>
    </message>
    <message>
        <source>{program} ({path}) is a directory of many programs. The rule is not carried out, because it would catch them all. Name the directory of one application.</source>
        <translation>{program} ({path}) ist ein Verzeichnis vieler Programme. Die Regel wird nicht ausgeführt, denn sie träfe sie alle. Nennen Sie das Verzeichnis einer Anwendung.</translation>
    </message>
    <message>
        <source>{program} ({path}) is a shell, an interpreter or a launcher that many programs share. The rule is not carried out, because it would catch them all. Name the program itself or its start script, or use "wgtray run -- PROGRAM".</source>
        <translation>{program} ({path}) ist eine Shell, ein Interpreter oder ein Starter, den viele Programme teilen. Die Regel wird nicht ausgeführt, denn sie träfe sie alle. Nennen Sie das Programm selbst oder sein Startskript, oder benutzen Sie „wgtray run -- PROGRAM“.</translation>
    </message>
    <message>
        <source>{program} ({path}) is a tool that {app} itself needs. The rule is not carried out. Name another program.</source>
        <translation>{program} ({path}) ist ein Werkzeug, das {app} selbst braucht. Die Regel wird nicht ausgeführt. Nennen Sie ein anderes Programm.</translation>
    </message>
    <message>
        <source>{program} could not be started.</source>
        <translation>{program} konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>{program} is no name for a rule. Nothing was changed. Use up to 64 printable characters.</source>
        <translation>{program} ist kein Name für eine Regel. Nichts wurde geändert. Benutzen Sie bis zu 64 druckbare Zeichen.</translation>
    </message>
    <message>
        <source>{program} was already running when its rule came into force. Its connections from before may still go past the tunnel; new ones do not. Quit {program} and start it again.</source>
        <translation>{program} lief schon, als seine Regel in Kraft trat. Seine Verbindungen von vorher können noch am Tunnel vorbeigehen, neue nicht. Beenden Sie {program} und starten Sie es neu.</translation>
    </message>
    <message>
        <source>{proto} {ports} goes {where}: port rule of {network}.</source>
        <translation>{proto} {ports} geht {where}: Portregel von {network}.</translation>
    </message>
    <message>
        <source>{reason}. There is nothing to do.</source>
        <translation>{reason}. Es ist nichts zu tun.</translation>
    </message>
    <message>
        <source>{sentence}.</source>
        <translation>{sentence}.</translation>
    </message>
    <message>
        <source>{text} ({why})</source>
        <translation>{text} ({why})</translation>
    </message>
    <message>
        <source>{title}: {text}</source>
        <translation>{title}: {text}</translation>
    </message>
    <message>
        <source>{value} is no IP address. Nothing was changed. Write it like 10.20.0.10 or fd20::10.</source>
        <translation>{value} ist keine IP-Adresse. Nichts wurde geändert. Schreiben Sie sie wie 10.20.0.10 oder fd20::10.</translation>
    </message>
    <message>
        <source>↓ {down}   ↑ {up}</source>
        <translation>↓ {down}   ↑ {up}</translation>
    </message>
</context>
</TS>
